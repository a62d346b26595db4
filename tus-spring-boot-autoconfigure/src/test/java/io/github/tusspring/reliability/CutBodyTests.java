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

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

import io.github.tusspring.reliability.CutBody.Form;
import io.github.tusspring.reliability.CutBody.Pause;
import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestKeys;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Bodies that come as a network brings them, cut anywhere, and clients that do anything
 * meanwhile: each request is answered soon, all that was sent is stored, and when it is
 * over, no thread, no place and no request is left.
 */
@ParameterizedClass
@EnumSource(Container.class)
class CutBodyTests {

	private static final int TURN = 1024 * 1024;

	private static TestServer server;

	private static CuttingClients clients;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = builder(container).start();
		clients = new CuttingClients(server, RawConnection::to);
	}

	private static TestServer.Builder builder(Container container) {
		return container.server()
			.property("tus.endpoints[0].path", "/take")
			.property("tus.append.idle-timeout", "20s")
			.property("tus.storage.disk.durability", "none")
			.with((container == Container.JETTY) ? JettyApplication.class : Application.class);
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "CHUNKED", "TRAILER" })
	void bodyIsStoredWhereverItIsCut(Form form) throws Exception {
		for (int length : new int[] { 0, 10 }) {
			for (int place : CutBody.of(form, new byte[length], 0, new Random(length), 7).places()) {
				Random random = new Random(length);
				try (CuttingClients.Client client = clients.client((place % 2 == 0) ? "/files" : "/take", random,
						length)) {
					client.append(CutBody.of(form, client.content(), 0, random, 7), List.of(place), Pause.YIELD,
							place % 3 != 0);
				}
			}
		}
		clients.assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource(Form.class)
	@Tag("long")
	void bodyIsStoredWhereverItIsCutWithAPause(Form form) throws Exception {
		for (String path : List.of("/files", "/take")) {
			for (int length : new int[] { 0, 1, 10, 300 }) {
				for (int place : CutBody.of(form, new byte[length], 0, new Random(length), 100).places()) {
					for (Pause pause : Pause.values()) {
						Random random = new Random(length);
						try (CuttingClients.Client client = clients.client(path, random, length)) {
							client.append(CutBody.of(form, client.content(), 0, random, 100), List.of(place), pause,
									random.nextBoolean());
						}
					}
				}
			}
		}
		clients.assertNothingIsLeft();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 10, 0xffff, 0x10000, 0x10001, TURN - 1, TURN, TURN + 1, 1_200_000, 3_000_000 })
	@Tag("long")
	void bodyIsStoredHoweverOftenItIsCut(int length) throws Exception {
		for (int seed = 0; seed < rounds(20); seed++) {
			for (Form form : Form.values()) {
				Random random = new Random(seed);
				String path = random.nextBoolean() ? "/files" : "/take";
				try (CuttingClients.Client client = clients.client(path, random, length)) {
					CutBody body = CutBody.of(form, client.content(), 0, random, client.chunk());
					client.append(body, client.some(body.places()), client.pause(), random.nextBoolean());
				}
			}
		}
		clients.assertNothingIsLeft();
	}

	@Test
	void nothingIsLeftOfManyClientsThatDoAnything() throws Exception {
		clients.runMany(24, 6, 0);
	}

	@Test
	@Tag("long")
	void nothingIsLeftOfManyMoreClientsThatDoAnything() throws Exception {
		for (int round = 1; round <= rounds(5); round++) {
			clients.runMany(40, 30, round);
		}
	}

	@Test
	@Tag("long")
	void nothingIsLeftOfManyClientsOverHttp2() throws Exception {
		try (TestServer http2 = Wire.Version.HTTP_2.prepare(builder(this.container)).start()) {
			for (int round = 1; round <= rounds(5); round++) {
				new CuttingClients(http2, RawConnection::to).runManyOverHttp2(20, 10, round);
			}
		}
	}

	@Test
	@Tag("long")
	void nothingIsLeftOfManyClientsOverTls(@TempDir Path directory) throws Exception {
		TestKeys keys = new TestKeys(directory);
		try (TestServer tls = keys.configure(builder(this.container)).start()) {
			CuttingClients secret = new CuttingClients(tls, keys::connect);
			for (int round = 1; round <= rounds(5); round++) {
				secret.runMany(20, 10, round);
			}
		}
	}

	@Test
	@Tag("long")
	void nothingIsLeftOfManyClientsWhoseUploadsAreInABucket() throws Exception {
		try (S3Server store = new S3ProxyServer(); S3AsyncClient client = store.client()) {
			S3Bucket.create(client, "uploads");
			try (TestServer s3 = store.configure(builder(this.container), "uploads").start()) {
				for (int round = 1; round <= rounds(5); round++) {
					new CuttingClients(s3, RawConnection::to).runMany(20, 5, round);
				}
			}
		}
	}

	private static int rounds(int some) {
		return Integer.getInteger("cut.rounds", some);
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Taker.class, CuttingClients.OpenRequests.class })
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Taker.class, CuttingClients.OpenRequests.class })
	static class JettyApplication {

		@Bean
		StatisticsHandler statistics() {
			return new StatisticsHandler();
		}

		@Bean
		WebServerFactoryCustomizer<JettyServletWebServerFactory> counting(StatisticsHandler statistics) {
			return (factory) -> factory.addServerCustomizers((jetty) -> jetty.insertHandler(statistics));
		}

	}

	@RestController
	static class Taker {

		@PostMapping("/take")
		String take(InputStream body) throws IOException {
			return CuttingClients.sum(body.readAllBytes());
		}

	}

}
