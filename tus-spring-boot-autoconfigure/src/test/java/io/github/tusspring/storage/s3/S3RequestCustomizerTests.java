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

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadCleaner;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What is said of encryption in the requests that go to a store.
 */
class S3RequestCustomizerTests {

	private static final int LENGTH = 6 * 1024 * 1024;

	private static final Set<String> WRITES = Set.of("CreateMultipartUploadRequest", "PutObjectRequest");

	private static final Set<String> BYTES = Set.of("CreateMultipartUploadRequest", "PutObjectRequest",
			"UploadPartRequest", "UploadPartCopyRequest", "CompleteMultipartUploadRequest", "GetObjectRequest",
			"HeadObjectRequest");

	private static S3ProxyServer store;

	@BeforeAll
	static void start() {
		store = new S3ProxyServer(true);
		S3Bucket.create(store.client(), "uploads");
	}

	@AfterAll
	static void stop() {
		store.close();
	}

	static Stream<Arguments> customizers() {
		return Stream.of(Arguments.of(StoreKey.class, WRITES, Set.of("x-amz-server-side-encryption")),
				Arguments.of(KmsKey.class, WRITES,
						Set.of("x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")));
	}

	@Test
	void everyRequestWithBytesNamesTheKeyOfTheCustomer(@TempDir Path directory) throws Exception {
		everyRequestThatNeedsItNamesTheEncryption(
				CustomersKey.class, BYTES, Set.of("x-amz-server-side-encryption-customer-algorithm",
						"x-amz-server-side-encryption-customer-key", "x-amz-server-side-encryption-customer-key-md5"),
				directory);
	}

	@ParameterizedTest
	@MethodSource("customizers")
	@Tag("long")
	void everyRequestThatNeedsItNamesTheEncryption(Class<?> configuration, Set<String> requests, Set<String> headers,
			@TempDir Path directory) throws Exception {
		Requests.headers.clear();
		try (TestServer server = S3Server.configure(TestServer.tomcat(), store.endpoint(), "uploads")
			.with(Client.class, configuration)
			.property("tus.storage.s3.part-size", "5MB")
			.property("tus.storage.s3.memory", "20MB")
			.property("tus.download.enabled", "true")
			.start()) {
			String first = upload(server, "Upload-Concat: partial");
			String second = upload(server, "Upload-Concat: partial");
			RawResponse whole = RawRequest.of("POST", server.uri("/files"))
				.with("Upload-Concat: final;" + first + " " + second)
				.with("Content-Length: 0")
				.send();
			assertThat(whole.status()).as(whole.toString()).isEqualTo(201);
			String location = upload(server, "X-Nothing: yes");
			assertThat(RawRequest.of("GET", server.uri(location)).without("Tus-Resumable").send().body())
				.hasSize(LENGTH);
			UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
			assertThat(server.bean(TusUploads.class).moveTo(id, directory)).hasSize(LENGTH);
		}
		assertThat(Requests.headers.keySet()).containsAll(BYTES);
		assertThat(Requests.headers.get("UploadPartCopyRequest"))
			.allMatch((sent) -> sent.contains("x-amz-copy-source-server-side-encryption-customer-key") == requests
				.contains("UploadPartCopyRequest"));
		Requests.headers.forEach((request, sent) -> {
			for (Set<String> each : sent) {
				Set<String> said = new TreeSet<>(each);
				said.removeIf((header) -> !header.startsWith("x-amz-server-side-encryption"));
				assertThat(said).as(request)
					.containsExactlyInAnyOrderElementsOf(requests.contains(request) ? headers : Set.of());
			}
		});
	}

	@Test
	@Tag("long")
	void whatTheClientSaysIsSignedInRequestsOfEveryKind() {
		Requests.signed.clear();
		try (TestServer server = S3Server.configure(TestServer.tomcat(), store.endpoint(), "uploads")
			.with(RequesterPays.class)
			.start()) {
			String location = upload(server, "X-Nothing: yes");
			assertThat(RawRequest.of("DELETE", server.uri(location)).send().status()).isEqualTo(204);
			server.bean(UploadService.class).resume();
			server.bean(UploadCleaner.class).clean();
		}
		assertThat(Requests.signed.keySet()).contains("PutObjectRequest", "GetObjectRequest", "HeadObjectRequest",
				"DeleteObjectRequest", "HeadBucketRequest", "ListObjectsV2Request", "ListMultipartUploadsRequest");
		Requests.signed.forEach((request, authorizations) -> assertThat(authorizations).as(request)
			.allMatch((authorization) -> authorization.contains("x-amz-request-payer")));
	}

	@Test
	void keyOfAnotherLengthIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> S3RequestCustomizer.customerKey(new byte[16]))
			.withMessageContaining("32 bytes");
	}

	private static String upload(TestServer server, String line) {
		RawResponse response = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + LENGTH)
			.with(line)
			.with("Content-Type: application/offset+octet-stream")
			.body(new byte[LENGTH])
			.send();
		assertThat(response.status()).as(response.toString()).isEqualTo(201);
		return response.header("Location");
	}

	@Configuration(proxyBeanMethods = false)
	static class StoreKey {

		@Bean
		S3RequestCustomizer encryption() {
			return S3RequestCustomizer.storeKey();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class KmsKey {

		@Bean
		S3RequestCustomizer encryption() {
			return S3RequestCustomizer.kmsKey("alias/uploads");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CustomersKey {

		@Bean
		S3RequestCustomizer encryption() {
			return S3RequestCustomizer.customerKey(new byte[32]);
		}

	}

	/**
	 * As in the documentation.
	 */
	@Configuration(proxyBeanMethods = false)
	static class RequesterPays {

		@Bean
		S3ClientCustomizer requesterPays() {
			return (client) -> client
				.overrideConfiguration((configuration) -> configuration.putHeader("x-amz-request-payer", "requester")
					.addExecutionInterceptor(new Requests()));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Client {

		@Bean
		S3AsyncClient client() {
			return S3Server.clientBuilder(store.endpoint())
				.overrideConfiguration((configuration) -> configuration.addExecutionInterceptor(new Requests()))
				.build();
		}

	}

	/**
	 * Sees the headers that are sent.
	 */
	static class Requests implements ExecutionInterceptor {

		static final Map<String, List<Set<String>>> headers = new ConcurrentHashMap<>();

		static final Map<String, List<String>> signed = new ConcurrentHashMap<>();

		@Override
		public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
			Set<String> names = new TreeSet<>();
			context.httpRequest().headers().keySet().forEach((name) -> names.add(name.toLowerCase(Locale.ROOT)));
			headers
				.computeIfAbsent(context.request().getClass().getSimpleName(),
						(request) -> new CopyOnWriteArrayList<>())
				.add(names);
			signed
				.computeIfAbsent(context.request().getClass().getSimpleName(),
						(request) -> new CopyOnWriteArrayList<>())
				.add(context.httpRequest().firstMatchingHeader("Authorization").orElse(""));
		}

	}

}
