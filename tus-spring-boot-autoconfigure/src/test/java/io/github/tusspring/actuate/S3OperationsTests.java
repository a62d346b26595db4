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

package io.github.tusspring.actuate;

import java.time.Duration;

import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an operator sees of a store that speaks S3.
 */
class S3OperationsTests {

	private final S3ProxyServer store = new S3ProxyServer();

	private TestServer server;

	private Uploads client;

	@BeforeEach
	void start() {
		S3Bucket.create(this.store.client(), "uploads");
		this.server = this.store.configure(TestServer.tomcat(), "uploads")
			.operations()
			.property("management.endpoints.web.exposure.include", "health,tus")
			.property("management.endpoint.health.show-details", "always")
			.property("management.endpoint.health.probes.enabled", "true")
			.start();
		this.client = new Uploads(this.server, "/files");
	}

	@AfterEach
	void stop() {
		this.server.close();
		this.store.close();
	}

	@Test
	void storeThatIsGoneIsDownWithinASecondAndNotReadyButAlive() {
		assertThat(this.client.get("/actuator/health/tus/storage").text()).contains("\"status\":\"UP\"");
		assertThat(this.client.get("/actuator/health/readiness").status()).isEqualTo(200);
		String id = this.client.create(10).substring("/files/".length());
		this.store.close();
		long begin = System.nanoTime();
		RawResponse storage = this.client.get("/actuator/health/tus/storage");
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(1));
		assertThat(storage.status()).isEqualTo(503);
		assertThat(storage.text()).contains("\"status\":\"DOWN\"");
		assertThat(this.client.get("/actuator/health/readiness").status()).isEqualTo(503);
		assertThat(this.client.get("/actuator/health/liveness").status()).isEqualTo(200);
		assertThat(this.client.get("/actuator/tus").status()).isEqualTo(503);
		assertThat(this.client.get("/actuator/tus/" + id).status()).isEqualTo(503);
		assertThat(this.client.request("DELETE", "/actuator/tus/" + id).send().status()).isEqualTo(503);
		assertThat(RawRequest.of("POST", this.server.uri("/actuator/tus/" + id))
			.with("Content-Type: application/json")
			.body("{\"operation\":\"redeliver\"}")
			.send()
			.status()).isEqualTo(503);
	}

	@Test
	void memoryOfPartsIsSeenWhileTheyAreUnderWay() throws Exception {
		assertThat(memoryUsed()).isZero();
		String path = this.client.create(1_000_000);
		try (RawConnection connection = this.client.begin(path, 0, 1_000_000, 600_000)) {
			await().until(() -> memoryUsed() >= 600_000);
			connection.reset();
		}
		await().until(() -> memoryUsed() == 0);
	}

	private double memoryUsed() {
		return this.server.bean(MeterRegistry.class).get("tus.storage.memory.used").gauge().value();
	}

}
