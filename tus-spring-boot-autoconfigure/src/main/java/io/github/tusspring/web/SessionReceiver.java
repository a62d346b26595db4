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
import io.github.tusspring.upload.UploadOutcome;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Pushes the body of a request into an append session.
 */
final class SessionReceiver implements BodyReceiver {

	private static final Log logger = LogFactory.getLog(SessionReceiver.class);

	private final AppendSession session;

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
	SessionReceiver(AppendSession session, Function<UploadOutcome, @Nullable ExchangeAnswer> success,
			@Nullable Runnable discard, Refusals refusals) {
		this.session = session;
		this.success = success;
		this.discard = discard;
		this.refusals = refusals;
	}

	@Override
	public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
		try {
			this.session.write(bytes);
			return null;
		}
		catch (Throwable ex) {
			if (this.discard != null) {
				this.session.abandon();
				this.discard.run();
			}
			else {
				interrupt();
			}
			return this.refusals.failed(ex);
		}
	}

	@Override
	public boolean hasRoom(Runnable listener) {
		return this.session.hasRoom(listener);
	}

	@Override
	public void pause() {
		this.session.pause();
	}

	@Override
	public void resume() {
		this.session.resume();
	}

	@Override
	public @Nullable ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
		try {
			return this.success.apply(this.session.complete(() -> TusProtocol.trailer(trailers)));
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
	public void broken() {
		this.session.broken();
	}

	@Override
	public void fail() {
		interrupt();
	}

	private void interrupt() {
		try {
			this.session.interrupt();
		}
		catch (UploadLockedException | UploadNotFoundException | UploadUnavailableException ex) {
			// Another instance may have the upload already, or have removed it.
			logger.debug(LogMessage.format("An append to upload '%s' could not be ended: %s",
					this.session.id().abbreviated(), ex));
		}
		catch (Throwable ex) {
			logger.error(
					LogMessage.format("An append to upload '%s' could not be ended", this.session.id().abbreviated()),
					ex);
		}
	}

}
