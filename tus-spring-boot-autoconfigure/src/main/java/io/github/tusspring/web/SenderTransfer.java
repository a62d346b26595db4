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
 * Brings the body of a request to a receiver that works as the request's sender, whoever
 * calls it: the application's listeners run in these calls.
 */
record SenderTransfer(BodyTransfer transfer, RequestSender sender) implements BodyTransfer {

	@Override
	public void start(BodyReceiver receiver) {
		this.transfer.start(new Receiver(receiver, this.sender));
	}

	@Override
	public void stop(StopReason reason) {
		this.transfer.stop(reason);
	}

	private record Receiver(BodyReceiver receiver, RequestSender sender) implements BodyReceiver {

		@Override
		public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
			try (SenderContext.Bound bound = this.sender.bind()) {
				return this.receiver.receive(bytes);
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
			try (SenderContext.Bound bound = this.sender.bind()) {
				return this.receiver.end(trailers);
			}
		}

		@Override
		public @Nullable ExchangeAnswer stop(StopReason reason) {
			try (SenderContext.Bound bound = this.sender.bind()) {
				return this.receiver.stop(reason);
			}
		}

		@Override
		public void broken() {
			this.receiver.broken();
		}

		@Override
		public void fail() {
			try (SenderContext.Bound bound = this.sender.bind()) {
				this.receiver.fail();
			}
		}

	}

}
