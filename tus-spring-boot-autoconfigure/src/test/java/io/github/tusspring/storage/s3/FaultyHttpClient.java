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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
 * Stands between the SDK and the store, and does what networks and stores do now and
 * then: loses requests, loses the answers of requests that were done, answers 500 and
 * 503.
 */
final class FaultyHttpClient implements SdkAsyncHttpClient {

	private final SdkAsyncHttpClient delegate;

	private final Random random;

	private volatile double rate;

	private volatile @Nullable Held held;

	FaultyHttpClient(SdkAsyncHttpClient delegate, long seed) {
		this.delegate = delegate;
		this.random = new Random(seed);
	}

	/**
	 * Sets how often something goes wrong.
	 */
	void rate(double rate) {
		this.rate = rate;
	}

	/**
	 * Has the next request that fits be done, but its answer come only when it is let go.
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
		double chance;
		int kind;
		synchronized (this.random) {
			chance = this.random.nextDouble();
			kind = this.random.nextInt(4);
		}
		if (chance >= this.rate) {
			return this.delegate.execute(request);
		}
		return switch (kind) {
			case 0 -> lose(request.responseHandler(), new IOException("The request was lost"));
			case 1 -> loseAnswer(request);
			default -> answer(request.responseHandler(), (kind == 2) ? 500 : 503);
		};
	}

	private static CompletableFuture<Void> lose(SdkAsyncHttpResponseHandler handler, Throwable failure) {
		handler.onError(failure);
		return CompletableFuture.failedFuture(failure);
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

	private CompletableFuture<Void> loseAnswer(AsyncExecuteRequest request) {
		return this.delegate.execute(unheard(request, new Deaf())).handle((done, ex) -> {
			IOException lost = new IOException("The answer was lost");
			request.responseHandler().onError(lost);
			throw new CompletionException(lost);
		});
	}

	private static CompletableFuture<Void> answer(SdkAsyncHttpResponseHandler handler, int status) {
		SimplePublisher<ByteBuffer> body = new SimplePublisher<>();
		handler.onHeaders(SdkHttpResponse.builder().statusCode(status).putHeader("Content-Length", "0").build());
		handler.onStream(body);
		return body.complete();
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
