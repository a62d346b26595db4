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
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.http.async.AsyncExecuteRequest;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.async.SdkAsyncHttpResponseHandler;
import software.amazon.awssdk.http.async.SimpleSubscriber;
import software.amazon.awssdk.utils.async.SimplePublisher;

/**
 * Stands between the SDK and the store, and holds answers back.
 */
final class HoldingHttpClient implements SdkAsyncHttpClient {

	private final SdkAsyncHttpClient delegate;

	private volatile @Nullable Held held;

	HoldingHttpClient(SdkAsyncHttpClient delegate) {
		this.delegate = delegate;
	}

	/**
	 * Has the next request that fits be done, but its answer come only when it is let go,
	 * or be lost by an exception.
	 */
	Held holdAnswer(Predicate<SdkHttpRequest> requests) {
		Held held = new Held(requests, new CompletableFuture<>(), new CompletableFuture<>());
		this.held = held;
		return held;
	}

	@Override
	public CompletableFuture<Void> execute(AsyncExecuteRequest request) {
		Held held = this.held;
		if (held != null && held.requests().test(request.request())) {
			this.held = null;
			return hold(request, held);
		}
		return this.delegate.execute(request);
	}

	private CompletableFuture<Void> hold(AsyncExecuteRequest request, Held held) {
		Deaf deaf = new Deaf();
		return this.delegate.execute(unheard(request, deaf)).thenCompose((done) -> {
			held.done().complete(null);
			return held.release();
		}).thenCompose((released) -> {
			SimplePublisher<ByteBuffer> empty = new SimplePublisher<>();
			request.responseHandler().onHeaders(deaf.headers);
			request.responseHandler().onStream(empty);
			return empty.complete();
		}).whenComplete((answered, ex) -> {
			if (ex != null) {
				request.responseHandler().onError(ex);
			}
		});
	}

	private static AsyncExecuteRequest unheard(AsyncExecuteRequest request, Deaf deaf) {
		return AsyncExecuteRequest.builder()
			.request(request.request())
			.requestContentPublisher(request.requestContentPublisher())
			.fullDuplex(request.fullDuplex())
			.responseHandler(deaf)
			.build();
	}

	@Override
	public void close() {
		this.delegate.close();
	}

	/**
	 * A request whose answer, which has no body, is held back.
	 *
	 * @param requests says which
	 * @param done completed when the store has done it
	 * @param release to be completed to let the answer go
	 */
	record Held(Predicate<SdkHttpRequest> requests, CompletableFuture<Void> done, CompletableFuture<Void> release) {
	}

	/**
	 * Reads an answer, and tells nobody.
	 */
	private static final class Deaf implements SdkAsyncHttpResponseHandler {

		private volatile SdkHttpResponse headers = SdkHttpResponse.builder().statusCode(500).build();

		@Override
		public void onHeaders(SdkHttpResponse headers) {
			this.headers = headers;
		}

		@Override
		public void onStream(Publisher<ByteBuffer> stream) {
			stream.subscribe(new SimpleSubscriber((bytes) -> {
			}));
		}

		@Override
		public void onError(Throwable ex) {
		}

	}

}
