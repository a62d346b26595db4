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

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A client that sends {@code Expect: 100-continue} is asked for its body only when that
 * is wanted.
 */
@ParameterizedClass
@EnumSource(Container.class)
@ExtendWith(QuietLog.class)
class ExpectContinueTests {

	private static final String BYTES = "Content-Type: application/offset+octet-stream";

	private static final String EXPECT = "Expect: 100-continue";

	private static TestServer server;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server()
			.property("tus.max-size", "1000GB")
			.property("tus.endpoints[0].path", "/echo")
			.with(Application.class)
			.start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@Test
	void anAppendIsAskedForItsBody() {
		try (RawConnection connection = connect()) {
			patch(create(), 0).with(EXPECT).with("Content-Length: 5").on(connection);
			assertThat(connection.readInterim().status()).isEqualTo(100);
			RawResponse response = connection.send("hello").read();
			assertThat(response.status()).isEqualTo(204);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
		}
	}

	@Test
	void anAppendInChunksIsAskedForItsBody() {
		try (RawConnection connection = connect()) {
			patch(create(), 0).with(EXPECT).with("Transfer-Encoding: chunked").on(connection);
			assertThat(connection.readInterim().status()).isEqualTo(100);
			RawResponse response = connection.chunk("hello".getBytes(StandardCharsets.UTF_8)).lastChunk().read();
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
		}
	}

	@Test
	void aCreationIsAskedForItsBody() {
		try (RawConnection connection = connect()) {
			RawRequest.of("POST", server.uri("/files"))
				.with("Upload-Length: 5")
				.with(BYTES)
				.with(EXPECT)
				.with("Content-Length: 5")
				.on(connection);
			assertThat(connection.readInterim().status()).isEqualTo(100);
			assertThat(connection.send("hello").read().header("Upload-Offset")).isEqualTo("5");
		}
	}

	@Test
	void aRefusedAppendIsNot() {
		String id = create();
		assertNotAsked(patch(id, 3), 409);
		assertNotAsked(patch(id, 0).without("Content-Type"), 415);
		assertNotAsked(patch(id, 0).without("Tus-Resumable"), 412);
		assertNotAsked(patch(id, 0).without("Upload-Offset"), 400);
		assertNotAsked(patch(id, 0).with("Upload-Checksum: x"), 400);
		assertNotAsked(patch("0123456789abcdef", 0), 404);
		RawResponse response = patch(id, 0).with(EXPECT).with("Content-Length: 100000000000").send();
		assertThat(response.status()).isEqualTo(413);
		assertThat(response.interim()).isEmpty();
	}

	@Test
	void aRefusedCreationIsNot() {
		assertNotAsked(post().with("Upload-Length: 5000000000000").with(BYTES), 413);
		assertNotAsked(post().with("Upload-Length: x").with(BYTES), 400);
		assertNotAsked(post().with("Upload-Length: 3").with(BYTES), 413);
	}

	@Test
	void aRefusedUploadToAnEndpointIsNot() {
		assertNotAsked(
				RawRequest.of("PATCH", server.uri("/echo/0123456789abcdef")).with(BYTES).with("Upload-Offset: 0"), 404);
		assertNotAsked(RawRequest.of("POST", server.uri("/echo")).with("Upload-Length: 3").with(BYTES), 413);
		RawRequest draft = RawRequest.of("POST", server.uri("/echo"))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 9")
			.with("Upload-Complete: ?1")
			.with("Upload-Length: 3");
		assertNotAsked(draft, 400);
	}

	@Test
	void anUploadToAnEndpointIsAskedForItsBody() {
		try (RawConnection connection = connect()) {
			RawRequest.of("POST", server.uri("/echo"))
				.with("Upload-Length: 5")
				.with(BYTES)
				.with(EXPECT)
				.with("Content-Length: 5")
				.on(connection);
			assertThat(connection.readInterim().status()).isEqualTo(100);
			assertThat(connection.send("hello").read().text()).isEqualTo("hello");
		}
	}

	@Test
	@Tag("long")
	void aBodyThatIsNotWantedIsNotAskedFor() {
		assertNotAsked(post().with("Upload-Length: 5"), 201);
	}

	@Test
	void aRefusalIsReadableWhenTheBodyIsSentAllTheSame() {
		byte[] piece = new byte[64 * 1024];
		try (RawConnection connection = connect()) {
			patch(create(), 3).with(EXPECT).with("Content-Length: 100000000").on(connection);
			for (int i = 0; i < 100; i++) {
				connection.send(piece);
			}
			assertThat(connection.read().status()).isEqualTo(409);
		}
	}

	@Test
	void anotherHandlerOfTheApplicationGetsItsBody() {
		try (RawConnection connection = connect()) {
			connection.request("POST /echo HTTP/1.1", "Host: localhost", EXPECT, "Content-Length: 5",
					"Content-Type: text/plain");
			assertThat(connection.readInterim().status()).isEqualTo(100);
			assertThat(connection.send("hello").read().text()).isEqualTo("hello");
		}
	}

	@Test
	void anotherReaderOfTheApplicationThatDoesNotWaitGetsItsBody() {
		try (RawConnection connection = connect()) {
			connection.request("POST /count HTTP/1.1", "Host: localhost", EXPECT, "Content-Length: 5");
			assertThat(connection.readInterim().status()).isEqualTo(100);
			assertThat(connection.send("hello").read().text()).isEqualTo("5");
		}
	}

	private static void assertNotAsked(RawRequest request, int status) {
		RawResponse response = request.with(EXPECT).with("Content-Length: 5").send();
		assertThat(response.status()).as("%s", response).isEqualTo(status);
		assertThat(response.interim()).isEmpty();
	}

	private static RawConnection connect() {
		return RawConnection.to(server.port());
	}

	private static String create() {
		String location = post().with("Upload-Length: 11").with("Content-Length: 0").send().header("Location");
		return location.substring(location.lastIndexOf('/') + 1);
	}

	private static RawRequest post() {
		return RawRequest.of("POST", server.uri("/files"));
	}

	private static RawRequest patch(String id, long offset) {
		return RawRequest.of("PATCH", server.uri("/files/" + id)).with(BYTES).with("Upload-Offset: " + offset);
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Echo.class)
	static class Application {

		@Bean
		ServletRegistrationBean<Count> count() {
			ServletRegistrationBean<Count> registration = new ServletRegistrationBean<>(new Count(), "/count");
			registration.setAsyncSupported(true);
			return registration;
		}

	}

	@RestController
	static class Echo {

		@PostMapping("/echo")
		String echo(@RequestBody String body) {
			return body;
		}

	}

	static class Count extends HttpServlet {

		@Override
		protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
			AsyncContext async = request.startAsync();
			ServletInputStream input = request.getInputStream();
			input.setReadListener(new ReadListener() {

				private int count;

				@Override
				public void onDataAvailable() throws IOException {
					while (input.isReady() && input.read() >= 0) {
						this.count++;
					}
				}

				@Override
				public void onAllDataRead() throws IOException {
					response.getWriter().print(this.count);
					async.complete();
				}

				@Override
				public void onError(Throwable ex) {
					async.complete();
				}

			});
		}

	}

}
