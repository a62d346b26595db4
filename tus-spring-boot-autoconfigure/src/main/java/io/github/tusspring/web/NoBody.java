/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.tusspring.web;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.StopReason;
import io.github.tusspring.upload.UploadTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the end of a body that must be empty.
 *
 * @param success does what the request asks for, and makes the answer
 * @param refusals makes the answer if that is refused
 */
record NoBody(Supplier<@Nullable ExchangeAnswer> success, Refusals refusals) implements BodyReceiver {

	@Override
	public ExchangeAnswer receive(ByteBuffer bytes) {
		return this.refusals.failed(new UploadTooLargeException("The body is longer than the upload"));
	}

	@Override
	public @Nullable ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
		try {
			return this.success.get();
		}
		catch (Throwable ex) {
			return this.refusals.failed(ex);
		}
	}

	@Override
	public @Nullable ExchangeAnswer stop(StopReason reason) {
		return this.refusals.stopped(reason);
	}

	@Override
	public void fail() {
	}

}
