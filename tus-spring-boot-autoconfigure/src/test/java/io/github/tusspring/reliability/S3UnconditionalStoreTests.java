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

package io.github.tusspring.reliability;

import java.util.Arrays;

import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3FaultProxy;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * A store that knows no conditions: it takes every write whatever its {@code If-Match} or
 * {@code If-None-Match}.
 */
@ExtendWith(OutputCaptureExtension.class)
class S3UnconditionalStoreTests {

	private final S3Server store = S3ProxyServer.anonymous();

	private final S3AsyncClient client = this.store.client();

	private final S3FaultProxy proxy = new S3FaultProxy(this.store.endpoint(), 0);

	private final S3Bucket bucket = S3Bucket.create(this.client, "uploads");

	@BeforeEach
	void dropConditions() {
		this.proxy.dropConditions();
	}

	@AfterEach
	void stop() {
		this.proxy.close();
		this.client.close();
		this.store.close();
	}

	@Test
	void startFailsWithoutALockerAndSaysWhatToDo(CapturedOutput output) {
		assertThatException().isThrownBy(() -> application().start())
			.havingRootCause()
			.withMessageContaining("tus.lock.type");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Set 'tus.lock.type' to 'jdbc' or 'redis', or use a store that writes conditionally.");
	}

	@Test
	void startFailsThoughThereIsALockerWhereConditionsAreRequired() {
		assertThatException()
			.isThrownBy(
					() -> withLocker(application()).property("tus.storage.s3.conditional-writes", "required").start())
			.havingRootCause()
			.withMessageContaining("conditional");
	}

	@Test
	void storeThatIsFoundOutLaterIsNotUsedWithoutALocker(CapturedOutput output) {
		this.proxy.rate(1);
		try (TestServer server = application().start()) {
			this.proxy.rate(0);
			TusRequests requests = new TusRequests(server.port());
			for (int i = 0; i < 3; i++) {
				RawResponse response = requests.post("Upload-Length: 5");
				assertThat(response.status()).isEqualTo(503);
				assertThat(response.header("Retry-After")).isNotNull();
			}
			assertThat(requests.head("/files/unknown").status()).isEqualTo(423);
		}
		assertThat(this.bucket.keys()).noneMatch((key) -> key.endsWith(".info"));
		assertThat(output.getAll().lines()).filteredOn((line) -> line.contains(" ERROR "))
			.filteredOn((line) -> line.contains("tus.lock.type"))
			.hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "off" })
	void instancesTakeTurnsWithALocker(String mode) {
		byte[] content = ResumingClient.content(1, 3000);
		try (TestServer one = withLocker(application()).property("tus.storage.s3.conditional-writes", mode).start();
				TestServer other = withLocker(application()).property("tus.storage.s3.conditional-writes", mode)
					.start()) {
			TusRequests here = new TusRequests(one.port());
			TusRequests there = new TusRequests(other.port());
			String path = here.create(content.length);
			for (int i = 0; i < 3; i++) {
				TusRequests next = (i % 2 == 0) ? there : here;
				assertThat(next.offset(path)).isEqualTo(i * 1000L);
				byte[] piece = Arrays.copyOfRange(content, i * 1000, (i + 1) * 1000);
				assertThat(next.patch(path, i * 1000L, piece).status()).isEqualTo(204);
			}
			assertThat(this.bucket.get("some" + path.substring("/files".length()))).isEqualTo(content);
		}
	}

	@Test
	void lateDuplicateIsNotTakenForTheNextPiece() {
		byte[] content = ResumingClient.content(1, 3000);
		try (TestServer one = withLocker(application()).start(); TestServer other = withLocker(application()).start()) {
			TusRequests here = new TusRequests(one.port());
			TusRequests there = new TusRequests(other.port());
			String path = here.create(content.length);
			assertThat(here.patch(path, 0, Arrays.copyOf(content, 1000)).status()).isEqualTo(204);
			byte[] second = Arrays.copyOfRange(content, 1000, 2000);
			assertThat(there.patch(path, 1000, second).status()).isEqualTo(204);
			assertThat(here.patch(path, 1000, second).status()).isEqualTo(409);
			assertThat(there.patch(path, 2000, Arrays.copyOfRange(content, 2000, 3000)).status()).isEqualTo(204);
			assertThat(this.bucket.get("some" + path.substring("/files".length()))).isEqualTo(content);
		}
	}

	private TestServer.Builder application() {
		return S3Server.configure(TestServer.tomcat(), this.proxy.endpoint(), "uploads");
	}

	private static TestServer.Builder withLocker(TestServer.Builder server) {
		return server.cluster()
			.property("tus.lock.type", "jdbc")
			.property("spring.datasource.url", "jdbc:h2:mem:locks;DB_CLOSE_DELAY=-1")
			.property("spring.datasource.username", "sa");
	}

}
