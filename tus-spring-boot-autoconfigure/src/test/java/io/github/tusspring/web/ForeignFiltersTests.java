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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.ForwardingUploadStorage;
import io.github.tusspring.upload.UploadStorage;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Uploads behind filters as applications often have them. On Jetty the storage counts as
 * one on another machine, so that threads of ours wait for it.
 */
@ParameterizedClass
@EnumSource(Container.class)
class ForeignFiltersTests {

	private static final String ORIGIN = "https://app.example.org";

	private static final String BYTES = "Content-Type: application/offset+octet-stream";

	private static TestServer server;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		TestServer.Builder builder = container.server()
			.with(Filters.class)
			.property("tus.append.idle-timeout", "2s")
			.property("tus.download.enabled", "true")
			.property("tus.cors.allowed-origins", ORIGIN);
		server = ((container == Container.JETTY) ? builder.with(RemoteStorage.class) : builder).start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	private static URI create(int length) {
		RawResponse created = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + length)
			.with("Content-Length: 0")
			.send();
		return server.uri(String.valueOf(created.header("Location")));
	}

	@ParameterizedTest
	@ValueSource(ints = { 5, 300_000 })
	void whenAStreamForgetsItsReadListenerThenAThreadWaitsForTheBody(int length) {
		URI upload = create(length);
		RawRequest patch = RawRequest.of("PATCH", upload).with("Upload-Offset: 0").with(BYTES).with("X-Copied: yes");
		assertThat(patch.body("x".repeat(length)).send().status()).isEqualTo(204);
		assertThat(RawRequest.of("HEAD", upload).send().header("Upload-Offset")).isEqualTo(String.valueOf(length));
		assertThat(patch.send().status()).isEqualTo(409);
	}

	@ParameterizedTest
	@ValueSource(ints = { 5, 300_000 })
	void whenAStreamForgetsItsWriteListenerThenAThreadWaitsForTheClient(int length) {
		URI upload = create(length);
		String content = "x".repeat(length);
		RawRequest.of("PATCH", upload).with("Upload-Offset: 0").with(BYTES).body(content).send();
		RawResponse download = RawRequest.of("GET", upload).without("Tus-Resumable").with("X-Copied: yes").send();
		assertThat(download.text()).isEqualTo(content);
	}

	@Test
	void whenFiltersHoldBodiesBackThenTheConnectionOfARefusalServesTheNextRequest() {
		try (RawConnection connection = RawConnection.to(server.port())) {
			RawRequest patch = RawRequest.of("PATCH", server.uri("/files/unknown"))
				.with("Upload-Offset: 0")
				.with(BYTES)
				.with("X-Held: yes")
				.body("hello");
			assertThat(patch.on(connection).read().text()).startsWith("There is no upload");
			assertThat(patch.on(connection).read().status()).isEqualTo(404);
		}
	}

	@Test
	void whenFiltersHoldBodiesBackThenALateAnswerKeepsItsBody() {
		URI upload = create(10);
		try (RawConnection connection = RawConnection.to(server.port())) {
			connection
				.request("PATCH " + upload.getPath() + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
						"Upload-Offset: 0", BYTES, "Content-Length: 10", "X-Held: yes",
						"Upload-Checksum: sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
				.send("hello");
			await().until(() -> server.bean(HeldFilter.class).left);
			RawResponse answer = connection.send("world").read();
			assertThat(answer.status()).isEqualTo(460);
			assertThat(answer.text()).isNotEmpty();
		}
	}

	@Test
	void whenAFilterHasBegunTheBodyThenItsRestIsTheAnswer() {
		RawRequest delete = RawRequest.of("DELETE", server.uri("/files/unknown")).with("X-Begun: yes");
		assertThat(delete.send().text()).startsWith("begun: There is no upload");
	}

	@Test
	void whenAFilterIsOnItsWayBackThenNobodyElseAnswers() {
		URI upload = create(5);
		RawResponse head = RawRequest.of("HEAD", upload).with("X-Slow: yes").send();
		assertThat(head.header("Upload-Offset")).isEqualTo("0");
		assertThat(server.bean(SlowFilter.class).early).hasNullValue();
	}

	@Test
	void whenAFilterFailsOnItsWayBackThenTheRequestEnds() {
		URI upload = create(5);
		RawRequest head = RawRequest.of("HEAD", upload);
		assertThat(head.with("X-Broken: yes").send().status()).isEqualTo(500);
		assertThat(head.without("X-Broken").send().header("Upload-Offset")).isEqualTo("0");
	}

	@Test
	void whenAFilterAllowsEveryOriginThenPagesCanReadTheProtocolsHeadersAllTheSame() {
		RawRequest creation = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: 5")
			.with("Content-Length: 0")
			.with("X-Cors: yes");
		RawResponse created = creation.with("Origin: " + ORIGIN).send();
		assertThat(created.headers("Access-Control-Allow-Origin")).containsExactly(ORIGIN);
		assertThat(created.header("Access-Control-Expose-Headers")).contains("Location", "Upload-Offset");
		RawResponse other = creation.without("Origin").with("Origin: https://elsewhere.example.org").send();
		assertThat(other.header("Access-Control-Expose-Headers")).isNull();
	}

	@Configuration(proxyBeanMethods = false)
	static class Filters {

		/**
		 * Copies bodies, with streams as an IDE completes them.
		 */
		@Bean
		Filter copies() {
			return new OncePerRequestFilter() {
				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					if (request.getHeader("X-Copied") == null) {
						chain.doFilter(request, response);
						return;
					}
					chain.doFilter(new HttpServletRequestWrapper(request) {
						@Override
						public ServletInputStream getInputStream() throws IOException {
							return new CopiedInput(super.getInputStream());
						}
					}, new HttpServletResponseWrapper(response) {
						@Override
						public ServletOutputStream getOutputStream() throws IOException {
							return new CopiedOutput(super.getOutputStream());
						}
					});
				}
			};
		}

		/**
		 * Writes before anybody else, as filters do that compress.
		 */
		@Bean
		Filter begun() {
			return (request, response, chain) -> {
				if (((HttpServletRequest) request).getHeader("X-Begun") == null) {
					chain.doFilter(request, response);
					return;
				}
				response.getOutputStream().write("begun: ".getBytes(StandardCharsets.US_ASCII));
				chain.doFilter(request, new HttpServletResponseWrapper((HttpServletResponse) response) {
					@Override
					public void setContentLength(int length) {
					}
				});
			};
		}

		@Bean
		HeldFilter held() {
			return new HeldFilter();
		}

		@Bean
		SlowFilter slow() {
			return new SlowFilter();
		}

		@Bean
		FilterRegistrationBean<SlowFilter> slowFirst(SlowFilter slow) {
			FilterRegistrationBean<SlowFilter> registration = new FilterRegistrationBean<>(slow);
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

		@Bean
		Filter broken() {
			return (request, response, chain) -> {
				chain.doFilter(request, response);
				if (((HttpServletRequest) request).getHeader("X-Broken") != null) {
					throw new ServletException("A filter fails on its way back");
				}
			};
		}

		/**
		 * As it is found in answers to questions everywhere.
		 */
		@Bean
		FilterRegistrationBean<Filter> simpleCors() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>((request, response, chain) -> {
				HttpServletRequest httpRequest = (HttpServletRequest) request;
				if (httpRequest.getHeader("X-Cors") != null) {
					((HttpServletResponse) response).setHeader("Access-Control-Allow-Origin",
							httpRequest.getHeader("Origin"));
				}
				chain.doFilter(request, response);
			});
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RemoteStorage {

		@Bean
		UploadStorage storage(Environment environment) throws IOException {
			Path directory = Path.of(environment.getRequiredProperty("tus.storage.disk.directory"));
			return new ForwardingUploadStorage(new DiskUploadStorage(directory, Durability.NONE, 0)) {

				@Override
				public boolean isRemote() {
					return true;
				}

			};
		}

	}

	/**
	 * Holds bodies back until it is left, as filters do that make ETags, and once more,
	 * as those do that log.
	 */
	static final class HeldFilter extends OncePerRequestFilter {

		/** Whether the last request has left it. */
		volatile boolean left;

		@Override
		protected boolean shouldNotFilter(HttpServletRequest request) {
			return request.getHeader("X-Held") == null;
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			this.left = false;
			ContentCachingResponseWrapper outer = new ContentCachingResponseWrapper(response);
			ContentCachingResponseWrapper inner = new ContentCachingResponseWrapper(outer);
			chain.doFilter(request, inner);
			inner.copyBodyToResponse();
			outer.copyBodyToResponse();
			this.left = true;
		}

	}

	/**
	 * Takes its time on the way back, as one does that writes headers there.
	 */
	static final class SlowFilter extends OncePerRequestFilter {

		/** Who has answered before this filter was left. */
		final AtomicReference<Thread> early = new AtomicReference<>();

		@Override
		protected boolean shouldNotFilter(HttpServletRequest request) {
			return request.getHeader("X-Slow") == null;
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			Thread own = Thread.currentThread();
			AtomicReference<Thread> other = new AtomicReference<>();
			chain.doFilter(request, new HttpServletResponseWrapper(response) {
				@Override
				public void setStatus(int status) {
					if (Thread.currentThread() != own) {
						other.set(Thread.currentThread());
					}
					super.setStatus(status);
				}
			});
			try {
				TimeUnit.MILLISECONDS.sleep(200);
			}
			catch (InterruptedException ex) {
				own.interrupt();
			}
			this.early.set(other.get());
		}

	}

	private static final class CopiedInput extends ServletInputStream {

		private final ServletInputStream stream;

		private boolean finished;

		private CopiedInput(ServletInputStream stream) {
			this.stream = stream;
		}

		@Override
		public int read() throws IOException {
			int read = this.stream.read();
			this.finished = read < 0;
			return read;
		}

		@Override
		public boolean isFinished() {
			return this.finished;
		}

		@Override
		public boolean isReady() {
			return false;
		}

		@Override
		public void setReadListener(ReadListener listener) {
		}

	}

	private static final class CopiedOutput extends ServletOutputStream {

		private final ServletOutputStream stream;

		private CopiedOutput(ServletOutputStream stream) {
			this.stream = stream;
		}

		@Override
		public void write(int b) throws IOException {
			this.stream.write(b);
		}

		@Override
		public boolean isReady() {
			return false;
		}

		@Override
		public void setWriteListener(WriteListener listener) {
		}

	}

}
