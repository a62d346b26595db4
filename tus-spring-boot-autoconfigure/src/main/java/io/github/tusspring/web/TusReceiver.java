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
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.upload.AppendSession;
import io.github.tusspring.upload.StopReason;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadOutcome;
import io.github.tusspring.upload.UploadRejectedException;
import org.jspecify.annotations.Nullable;

/**
 * Receives the body of a request of tus.
 */
final class TusReceiver extends SessionReceiver {

	private final Function<UploadOutcome, @Nullable ExchangeAnswer> success;

	private final @Nullable Runnable discard;

	private final Refusals refusals;

	/**
	 * Creates a receiver.
	 * @param session takes the bytes
	 * @param success makes the answer when all bytes were taken, or sees to it that there
	 * will be one
	 * @param discard removes the upload when its first bytes are refused and its client
	 * is never going to hear of it, or {@code null} if the client knows it
	 * @param refusals makes the answers of what is refused
	 */
	TusReceiver(AppendSession session, Function<UploadOutcome, @Nullable ExchangeAnswer> success,
			@Nullable Runnable discard, Refusals refusals) {
		super(session);
		this.success = success;
		this.discard = discard;
		this.refusals = refusals;
	}

	@Override
	public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
		try {
			session().write(bytes);
			return null;
		}
		catch (Throwable ex) {
			if (this.discard != null) {
				session().abandon();
				this.discard.run();
			}
			else {
				interrupt();
			}
			return this.refusals.failed(ex);
		}
	}

	@Override
	public @Nullable ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
		try {
			return this.success.apply(session().complete(() -> TusProtocol.trailer(trailers)));
		}
		catch (UploadRejectedException | UploadDeliveryException ex) {
			return this.refusals.failed(ex);
		}
		catch (Throwable ex) {
			if (this.discard != null) {
				this.discard.run();
			}
			return this.refusals.failed(ex);
		}
	}

	@Override
	public @Nullable ExchangeAnswer stop(StopReason reason) {
		interrupt();
		return this.refusals.stopped(reason);
	}

	@Override
	void interrupt() {
		end(session()::interrupt);
	}

}
