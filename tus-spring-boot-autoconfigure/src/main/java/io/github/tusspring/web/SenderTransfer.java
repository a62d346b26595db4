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
import org.jspecify.annotations.Nullable;

/**
 * Brings the body of a request to a receiver that works as the request's sender, whoever
 * calls it: the application's listeners run in these calls.
 */
final class SenderTransfer implements BodyTransfer {

	private final BodyTransfer transfer;

	private final RequestSender sender;

	private volatile @Nullable Thread starter;

	private boolean started;

	/**
	 * Creates an instance.
	 * @param transfer passes the body
	 * @param sender who sends it
	 */
	SenderTransfer(BodyTransfer transfer, RequestSender sender) {
		this.transfer = transfer;
		this.sender = sender;
	}

	@Override
	public void start(BodyReceiver receiver) {
		this.started = true;
		// What is there already is received as whom this thread works anyway.
		this.starter = this.sender.isBound() ? Thread.currentThread() : null;
		try {
			this.transfer.start(new Receiver(receiver));
		}
		finally {
			this.starter = null;
		}
	}

	/**
	 * Whether the receiver has or gets to know how the body ends.
	 */
	boolean isStarted() {
		return this.started;
	}

	@Override
	public void stop(StopReason reason) {
		this.transfer.stop(reason);
	}

	private SenderContext.Bound bind() {
		return (this.starter == Thread.currentThread()) ? SenderContext.Bound.NOTHING : this.sender.bind();
	}

	private final class Receiver implements BodyReceiver {

		private final BodyReceiver receiver;

		private Receiver(BodyReceiver receiver) {
			this.receiver = receiver;
		}

		@Override
		public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
			try (SenderContext.Bound bound = bind()) {
				ExchangeAnswer answer = this.receiver.receive(bytes);
				if (answer != null) {
					SenderTransfer.this.sender.complete();
				}
				return answer;
			}
		}

		@Override
		public boolean hasRoom(Runnable listener) {
			return this.receiver.hasRoom(listener);
		}

		@Override
		public void pause() {
			this.receiver.pause();
		}

		@Override
		public void resume() {
			this.receiver.resume();
		}

		@Override
		public @Nullable ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
			return last(() -> this.receiver.end(trailers));
		}

		@Override
		public @Nullable ExchangeAnswer stop(StopReason reason) {
			return last(() -> this.receiver.stop(reason));
		}

		@Override
		public void broken() {
			this.receiver.broken();
		}

		@Override
		public void fail() {
			last(() -> {
				this.receiver.fail();
				return null;
			});
		}

		/**
		 * Does what the receiver does last.
		 */
		private @Nullable ExchangeAnswer last(Supplier<@Nullable ExchangeAnswer> end) {
			try (SenderContext.Bound bound = bind()) {
				try {
					return end.get();
				}
				finally {
					SenderTransfer.this.sender.complete();
				}
			}
		}

	}

}
