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
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.AppendSession;
import io.github.tusspring.upload.InconsistentLengthException;
import io.github.tusspring.upload.StopReason;
import io.github.tusspring.upload.UploadOutcome;
import org.jspecify.annotations.Nullable;

/**
 * Receives the body of a request of Resumable Uploads for HTTP.
 */
final class RufhReceiver extends SessionReceiver {

	private final Function<UploadOutcome, @Nullable ExchangeAnswer> success;

	private final RufhAnswers answers;

	private final Progress progress;

	private final Runnable forget;

	/**
	 * Creates a receiver.
	 * @param session takes the bytes
	 * @param success makes the answer when all bytes were taken, or makes sure that there
	 * will be one
	 * @param answers makes the answers of what fails
	 * @param progress tells the client how far its bytes have come
	 * @param forget called after an interruption, to remove an upload that its client
	 * doesn't know of
	 */
	RufhReceiver(AppendSession session, Function<UploadOutcome, @Nullable ExchangeAnswer> success, RufhAnswers answers,
			Progress progress, Runnable forget) {
		super(session);
		this.success = success;
		this.answers = answers;
		this.progress = progress;
		this.forget = forget;
	}

	@Override
	public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
		try {
			session().write(bytes);
			this.progress.tell(session());
			return null;
		}
		catch (InconsistentLengthException ex) {
			endAndForget(session()::overflow);
			return failed(ex);
		}
		catch (Throwable ex) {
			interrupt();
			return failed(ex);
		}
	}

	@Override
	public @Nullable ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
		try {
			return this.success.apply(session().complete(() -> null));
		}
		catch (Throwable ex) {
			if (!RufhAnswers.isOfTheTarget(ex)) {
				this.forget.run();
			}
			return failed(ex);
		}
	}

	private ExchangeAnswer failed(Throwable ex) {
		return this.answers.at(session().offset()).bodyFailed(ex);
	}

	/**
	 * A client that has begun another request has given this one up, and one that is cut
	 * off goes on: neither would after an answer.
	 */
	@Override
	public @Nullable ExchangeAnswer stop(StopReason reason) {
		interrupt();
		return null;
	}

	@Override
	void interrupt() {
		endAndForget(session()::interrupt);
	}

	private void endAndForget(Runnable end) {
		end(() -> {
			end.run();
			this.forget.run();
		});
	}

	/**
	 * Tells the client every now and then how far its bytes have come.
	 */
	static final class Progress {

		private final long interval;

		private final LongConsumer client;

		private long told;

		private long last = System.nanoTime();

		/**
		 * Creates an instance.
		 * @param interval the time between two tellings, zero for never
		 * @param offset what the client knows
		 * @param client tells the client an offset
		 */
		Progress(Duration interval, long offset, LongConsumer client) {
			this.interval = interval.toNanos();
			this.told = offset;
			this.client = client;
		}

		private void tell(AppendSession session) {
			long now = System.nanoTime();
			if (this.interval == 0 || now - this.last < this.interval) {
				return;
			}
			this.last = now;
			long offset = session.checkpoint();
			if (offset > this.told) {
				this.told = offset;
				this.client.accept(offset);
			}
		}

	}

}
