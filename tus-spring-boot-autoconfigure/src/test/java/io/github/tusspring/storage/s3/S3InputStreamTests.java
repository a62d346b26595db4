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

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Readers of objects, with a client of two connections.
 */
class S3InputStreamTests {

	private static final int MIB = 1024 * 1024;

	private static final List<String> ranges = new CopyOnWriteArrayList<>();

	private static byte[] content;

	private static S3Server store;

	private static S3AsyncClient client;

	private final S3Objects objects = new S3Objects(client, new S3RequestCustomizer() {
	}, new StoreFailures("uploads"));

	@BeforeAll
	static void start() {
		store = S3Server.start();
		S3Bucket.create(store.client(), "uploads");
		client = client(store.endpoint());
		content = new byte[10 * MIB];
		new Random(5).nextBytes(content);
		put(content);
	}

	@AfterAll
	static void stop() {
		client.close();
		store.close();
	}

	@BeforeEach
	void reset() {
		ranges.clear();
	}

	@Test
	void allOfItComesInFewRequests() throws IOException {
		try (InputStream stream = open(content.length)) {
			assertThat(stream.readAllBytes()).isEqualTo(content);
			assertThat(stream.read()).isEqualTo(-1);
		}
		assertThat(ranges).hasSizeLessThan(8).startsWith("bytes=0-262143");
	}

	@Test
	void smallOneCostsOneRequest() throws IOException {
		try (InputStream stream = open(1000)) {
			assertThat(stream.readAllBytes()).hasSize(1000);
		}
		assertThat(ranges).containsExactly("bytes=0-999");
	}

	@Test
	void whatIsSkippedIsNotAskedFor() throws IOException {
		try (InputStream stream = open(content.length)) {
			stream.skipNBytes(5 * MIB + 7);
			assertThat(stream.readNBytes(100)).containsExactly(bytes(5 * MIB + 7, 100));
			stream.skipNBytes(50);
			assertThat(stream.readNBytes(100)).containsExactly(bytes(5 * MIB + 157, 100));
			stream.skipNBytes(2 * MIB);
			assertThat(stream.readNBytes(100)).containsExactly(bytes(7 * MIB + 257, 100));
		}
		assertThat(ranges).hasSize(2).first().asString().startsWith("bytes=" + (5 * MIB + 7) + "-");
	}

	@Test
	void thoseWhoDoNotReadOnHoldNoConnection() throws IOException {
		List<InputStream> stalled = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			InputStream stream = open(content.length);
			assertThat(stream.readNBytes(100)).hasSize(100);
			stalled.add(stream);
		}
		try (InputStream stream = open(content.length)) {
			assertThat(stream.readAllBytes()).isEqualTo(content);
		}
		for (InputStream stream : stalled) {
			assertThat(stream.readNBytes(MIB)).hasSize(MIB);
			stream.close();
		}
	}

	@Test
	void manyShareWhatIsReadAhead() throws IOException {
		List<InputStream> stalled = new ArrayList<>();
		for (int i = 0; i < 18; i++) {
			InputStream stream = open(content.length);
			stream.readNBytes(4 * MIB);
			stalled.add(stream);
		}
		assertThat(this.objects.readAhead().left()).isNotNegative().isLessThan(4L * MIB);
		for (InputStream stream : stalled) {
			stream.close();
		}
		assertThat(this.objects.readAhead().left()).isEqualTo(64L * MIB);
	}

	@Test
	void whenAnotherObjectTakesItsPlaceThenNothingIsMixed() throws IOException {
		try (InputStream stream = open(content.length)) {
			stream.readNBytes(100);
			put(new byte[content.length]);
			assertThatExceptionOfType(IOException.class).isThrownBy(stream::readAllBytes);
		}
		finally {
			put(content);
		}
	}

	@Test
	void whenItIsShorterThenReadingFailsAtItsEnd() throws IOException {
		try (InputStream stream = open(content.length + 1)) {
			assertThatExceptionOfType(EOFException.class).isThrownBy(stream::readAllBytes);
		}
		try (InputStream stream = open(content.length + 1)) {
			stream.skipNBytes(content.length);
			assertThatExceptionOfType(EOFException.class).isThrownBy(stream::read);
		}
	}

	private InputStream open(long length) {
		return new S3InputStream(this.objects, "uploads", "object", length);
	}

	private static byte[] bytes(int offset, int count) {
		byte[] bytes = new byte[count];
		System.arraycopy(content, offset, bytes, 0, count);
		return bytes;
	}

	private static void put(byte[] bytes) {
		client.putObject((request) -> request.bucket("uploads").key("object"), AsyncRequestBody.fromBytes(bytes))
			.join();
	}

	private static S3AsyncClient client(URI endpoint) {
		return S3Server.clientBuilder(endpoint)
			.httpClientBuilder(NettyNioAsyncHttpClient.builder().maxConcurrency(2))
			.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(new Ranges()))
			.build();
	}

	private static final class Ranges implements ExecutionInterceptor {

		@Override
		public void beforeExecution(Context.BeforeExecution context, ExecutionAttributes attributes) {
			if (context.request() instanceof GetObjectRequest get) {
				ranges.add(get.range());
			}
		}

	}

}
