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
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * Throws a body away and then gives an answer that was clear before.
 *
 * @param answer the answer
 */
record Refusal(ExchangeAnswer answer) implements BodyReceiver {

	@Override
	public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
		return null;
	}

	@Override
	public ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
		return this.answer;
	}

	@Override
	public ExchangeAnswer stop(StopReason reason) {
		return this.answer;
	}

	@Override
	public void fail() {
	}

}
