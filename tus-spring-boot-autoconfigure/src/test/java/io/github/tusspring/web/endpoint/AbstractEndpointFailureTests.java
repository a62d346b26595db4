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

package io.github.tusspring.web.endpoint;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.ForwardingUploadStorage;
import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadUnavailableException;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what a client hears, and for what is let go of, when something between an
 * upload and its handler goes wrong.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class AbstractEndpointFailureTests {

	private static final byte[] NOTHING = new byte[0];

	private TestServer server;

	private TusClient client;

	protected abstract TestServer.Builder builder();

	@BeforeAll
	void start() {
		TestServer.Builder builder = builder().with(Application.class, Handlers.class)
			.property("tus.cors.allowed-origins", "https://page.example");
		String[] paths = { "/blocking/undaunted", "/blocking/excused", "/servlet", "/erring", "/text", "/long",
				"/refusing", "/rejecting", "/unloadable", "/writing", "/charset" };
		for (int i = 0; i < paths.length; i++) {
			builder.property("tus.endpoints[" + i + "].path", paths[i]);
		}
		this.server = builder.start();
		this.client = new TusClient(this.server.port());
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	@Test
	void handlerThatMayNotBeAsynchronousAndGoesOnWithoutIsHeard() {
		String location = this.client.create("/blocking/undaunted", 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("got hello");
		assertThat(this.client.append(location, 5, NOTHING).text()).isEqualTo("got hello");
	}

	@Test
	void uploadWaitsIfItsHandlerMayNotBeAsynchronous() {
		String location = this.client.create("/blocking/excused", 5, Map.of()).header("Location");
		assertThat(this.client.append(location, 0, "hello").status()).isEqualTo(500);
		assertThat(this.client.append(location, 5, NOTHING).status()).as("delivered again").isEqualTo(500);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/servlet   | full        | 507
			/servlet   | locked      | 423
			/servlet   | unavailable | 503
			/servlet   | broken      | 503
			/text      | full        | 507
			/text      | broken      | 503
			/text      | error       | 500
			/long      | full        | 507
			/refusing  | unavailable | 503
			/rejecting | unavailable | 503
			/rejecting | broken      | 503
			""")
	void clientHearsThatItCanNotBeStoredWhatTheHandlerSaid(String path, String failure, int status) {
		String location = this.client.create(path, 5, Map.of("failure", failure)).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello", "Origin: https://page.example");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
		assertThat(answer.header("Tus-Resumable")).isEqualTo("1.0.0");
		assertThat(answer.headers("Access-Control-Allow-Origin")).containsExactly("https://page.example");
		assertThat(answer.text()).doesNotContain("hello", "0123456789");
		// A long answer is on its way before the handler returns.
		await().untilAsserted(
				() -> assertThat(this.client.append(location, 5, NOTHING).status()).as("nothing fails any more")
					.isBetween(200, 422));
	}

	@Test
	void errorBeforeTheHandlerIsCalledEndsTheDelivery() {
		this.server.bean(Failures.class).unloadable.add("/unloadable");
		String location = this.client.create("/unloadable", 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(500);
		assertThat(this.client.append(location, 5, NOTHING).text()).as("delivered again").isEqualTo("hello");
	}

	@Test
	void storageThatIsAwayBeforeTheHandlerIsCalledIsToldFromAFailure() {
		String location = this.client.create("/text", 5, Map.of("failure", "unopened")).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
		assertThat(answer.header("Tus-Resumable")).isEqualTo("1.0.0");
		assertThat(answer.header("Retry-After")).isNotNull();
		assertThat(this.client.append(location, 5, NOTHING).text()).as("delivered again").isEqualTo("hello");
	}

	@Test
	void errorThatAServletSendsWithoutEndingItsRequestRefusesTheUpload() {
		String location = this.client.create("/erring", 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		await().untilAsserted(() -> assertThat(this.client.head(location).status()).isEqualTo(410));
	}

	@Test
	void whatWasWrittenBeforeAnExceptionIsNoPartOfItsAnswer() {
		String location = this.client.create("/writing", 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(422);
		assertThat(answer.text()).isEqualTo("sorry");
	}

	@Test
	void writerKeepsItsCharset() {
		String location = this.client.create("/charset", 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.header("Content-Type")).isEqualToIgnoringCase("text/html;charset=ISO-8859-1");
		assertThat(answer.header("Content-Length")).isEqualTo("1");
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		Failures uploadStorage(@Value("${tus.storage.disk.directory}") Path directory) throws IOException {
			return new Failures(new DiskUploadStorage(directory, Durability.NONE, 0));
		}

		@Bean
		HandlerMapping unloadable(Failures failures) {
			return new UnloadableMapping(failures.unloadable);
		}

		/**
		 * Without asynchronous requests, a call of a handler is a forward.
		 */
		@Bean
		FilterRegistrationBean<Filter> blocking() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(request, response));
			registration.addUrlPatterns("/blocking/*");
			registration.setAsyncSupported(false);
			return registration;
		}

		@Bean
		ServletRegistrationBean<HttpServlet> servlet() {
			return new ServletRegistrationBean<>(new HttpServlet() {
				@Override
				protected void doPost(HttpServletRequest request, HttpServletResponse response) {
					AsyncContext context = request.startAsync();
					// The container is not to end it.
					context.setTimeout(0);
					context.start(() -> {
						try {
							context.getResponse().getWriter().print("hello");
						}
						catch (IOException ex) {
							throw new IllegalStateException(ex);
						}
						context.complete();
					});
				}
			}, "/servlet");
		}

		@Bean
		ServletRegistrationBean<HttpServlet> erring() {
			return new ServletRegistrationBean<>(new HttpServlet() {
				@Override
				protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
					request.startAsync();
					response.sendError(422);
				}
			}, "/erring");
		}

	}

	@RestController
	static class Handlers {

		@PostMapping("/blocking/undaunted")
		void undaunted(@RequestBody String body, HttpServletRequest request, HttpServletResponse response)
				throws IOException {
			AsyncContext context = null;
			try {
				context = request.startAsync();
			}
			catch (IllegalStateException ex) {
				// Then at once.
			}
			response.getWriter().print("got " + body);
			if (context != null) {
				// Jetty starts it all the same.
				context.complete();
			}
		}

		@PostMapping("/blocking/excused")
		Callable<String> excused(@RequestBody String body) {
			return () -> body;
		}

		@ExceptionHandler(IllegalStateException.class)
		String excused() {
			return "never mind";
		}

		@PostMapping({ "/text", "/unloadable" })
		String text(@RequestBody String body) {
			return body;
		}

		@PostMapping("/long")
		void longAnswer(HttpServletResponse response) throws IOException {
			byte[] line = "0123456789abcdef".repeat(64).getBytes(StandardCharsets.US_ASCII);
			for (int i = 0; i < 200; i++) {
				try {
					response.getOutputStream().write(line);
				}
				catch (RuntimeException ex) {
					// As one that doesn't mind who has gone.
				}
			}
		}

		@PostMapping("/writing")
		void writing(HttpServletResponse response) throws IOException {
			response.getWriter().print("partial");
			throw new UnsupportedOperationException();
		}

		@ExceptionHandler(UnsupportedOperationException.class)
		@ResponseStatus(HttpStatus.UNPROCESSABLE_CONTENT)
		String sorry() {
			return "sorry";
		}

		@PostMapping("/charset")
		void charset(HttpServletResponse response) throws IOException {
			PrintWriter writer = response.getWriter();
			response.setContentType("text/html;charset=UTF-8");
			response.setCharacterEncoding("UTF-8");
			writer.print("\u00fc");
		}

		@PostMapping("/refusing")
		ResponseEntity<String> refusing(@RequestBody String body) {
			return ResponseEntity.unprocessableContent().body("not " + body);
		}

		@PostMapping("/rejecting")
		void rejecting(@RequestBody String body, HttpServletResponse response) {
			throw new UploadRejectedException(409, "no room for " + body);
		}

	}

	/**
	 * A storage that fails once to store what has become of an upload, as the upload's
	 * metadata want it.
	 */
	static class Failures extends ForwardingUploadStorage {

		final Set<String> unloadable = ConcurrentHashMap.newKeySet();

		private final Set<String> failed = ConcurrentHashMap.newKeySet();

		Failures(UploadStorage storage) {
			super(storage);
		}

		@Override
		public Resource content(Upload upload) {
			if ("unopened".equals(upload.metadata().get("failure")) && this.failed.add(upload.id().toString())) {
				throw new UploadUnavailableException("The store is away", null);
			}
			return super.content(upload);
		}

		@Override
		public void update(Upload upload) throws IOException {
			String failure = upload.metadata().get("failure");
			if (failure != null && !failure.equals("unopened") && upload.state() != UploadState.FINISHING
					&& !this.failed.contains(upload.id().toString())) {
				// Without its answer it may fit.
				if (!failure.equals("full") || upload.answer() == null) {
					this.failed.add(upload.id().toString());
				}
				switch (failure) {
					case "full" -> throw new InsufficientStorageException("There is no free space left");
					case "locked" -> throw new UploadLockedException(upload.id());
					case "unavailable" -> throw new UploadUnavailableException("The store is away", null);
					case "broken" -> throw new IOException("broken");
					default -> throw new StackOverflowError();
				}
			}
			super.update(upload);
		}

	}

	/**
	 * Finds no handler, and once not even that out.
	 */
	private static final class UnloadableMapping implements HandlerMapping, Ordered {

		private final Set<String> unloadable;

		private UnloadableMapping(Set<String> unloadable) {
			this.unloadable = unloadable;
		}

		@Override
		public int getOrder() {
			return HIGHEST_PRECEDENCE + 10;
		}

		@Override
		public HandlerExecutionChain getHandler(HttpServletRequest request) {
			if (request instanceof HandlerProbe && this.unloadable.remove(request.getRequestURI())) {
				throw new NoClassDefFoundError("com/example/Absent");
			}
			return null;
		}

	}

}
