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

package io.github.tusspring.storage.s3;

import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.async.SdkPublisher;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Takes content into an array that is as long as the answer says. That of the SDK's own
 * transformer grows while bytes come, up to twice as long as it need be.
 */
final class ExactBytes implements AsyncResponseTransformer<GetObjectResponse, ResponseBytes<GetObjectResponse>> {

	private volatile CompletableFuture<ResponseBytes<GetObjectResponse>> result = new CompletableFuture<>();

	private volatile @Nullable GetObjectResponse response;

	@Override
	public CompletableFuture<ResponseBytes<GetObjectResponse>> prepare() {
		this.result = new CompletableFuture<>();
		return this.result;
	}

	@Override
	public void onResponse(GetObjectResponse response) {
		this.response = response;
	}

	@Override
	public void onStream(SdkPublisher<ByteBuffer> publisher) {
		publisher.subscribe(new Receiver(this.result, this.response));
	}

	@Override
	public void exceptionOccurred(Throwable failure) {
		this.result.completeExceptionally(failure);
	}

	private static final class Receiver implements Subscriber<ByteBuffer> {

		private final CompletableFuture<ResponseBytes<GetObjectResponse>> result;

		private final @Nullable GetObjectResponse response;

		private ByteBuffer content = ByteBuffer.allocate(0);

		Receiver(CompletableFuture<ResponseBytes<GetObjectResponse>> result, @Nullable GetObjectResponse response) {
			this.result = result;
			this.response = response;
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			Long length = (this.response != null) ? this.response.contentLength() : null;
			this.content = ByteBuffer.allocate((length != null) ? Math.toIntExact(length) : 0);
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(ByteBuffer bytes) {
			if (bytes.remaining() > this.content.remaining()) {
				this.result.completeExceptionally(WholeAnswers.lacksItsEnd(this.response));
				return;
			}
			this.content.put(bytes);
		}

		@Override
		public void onError(Throwable failure) {
			this.result.completeExceptionally(failure);
		}

		@Override
		public void onComplete() {
			if (this.response == null || this.content.hasRemaining()) {
				this.result.completeExceptionally(WholeAnswers.lacksItsEnd(this.response));
				return;
			}
			this.result.complete(ResponseBytes.fromByteArrayUnsafe(this.response, this.content.array()));
		}

	}

}
