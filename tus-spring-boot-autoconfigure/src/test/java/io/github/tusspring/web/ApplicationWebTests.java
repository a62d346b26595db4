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

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.ForwardingUploadStorage;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.event.TusUploadInterruptedEvent;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.handler.MappedInterceptor;
import org.springframework.web.util.ContentCachingResponseWrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Uploads among what an application has in front of its handlers.
 */
class ApplicationWebTests {

	@RegisterExtension
	final QuietLog quiet = new QuietLog();

	@Test
	void interceptorsOfTheApplicationAreThereOnce() {
		try (TestServer server = TestServer.tomcat().with(CountingInterceptors.class).start()) {
			create(server, 10);
			RawRequest.of("GET", server.uri("/elsewhere")).send();
			assertThat(server.bean(CountingInterceptors.class).interceptors).singleElement()
				.satisfies((interceptor) -> assertThat(interceptor.calls).hasValue(2));
			assertThat(server.bean(CountingInterceptors.class).mapped.calls).hasValue(2);
		}
	}

	@Test
	void interceptorOfTheApplicationMayRefuse() {
		try (TestServer server = TestServer.tomcat().with(RefusingInterceptor.class).start()) {
			RawRequest creation = RawRequest.of("POST", server.uri("/files")).with("Upload-Length: 5");
			assertThat(creation.send().status()).isEqualTo(201);
			assertThat(creation.with("X-Refuse: yes").send().status()).isEqualTo(403);
		}
	}

	@Test
	void bodyThatLooksLikeAFormIsNotReadForAMethod() {
		try (TestServer server = TestServer.tomcat()
			.property("spring.mvc.hiddenmethod.filter.enabled", "true")
			.start()) {
			RawRequest creation = RawRequest.of("POST", server.uri("/files?a=b&_method=POST"))
				.with("Upload-Length: 5")
				.with("Content-Type: application/x-www-form-urlencoded")
				.body("_method=DELETE");
			assertThat(creation.send().status()).isEqualTo(201);
		}
	}

	@Test
	void answerKeepsItsBodyBehindAFilterThatHoldsBodiesBack() {
		try (TestServer server = TestServer.tomcat().with(CachingFilter.class).start()) {
			RawResponse response = RawRequest.of("PATCH", server.uri("/files/unknown"))
				.with("Upload-Offset: 0")
				.with("Content-Type: application/offset+octet-stream")
				.body("hello")
				.send();
			assertThat(response.status()).isEqualTo(404);
			assertThat(response.body()).isNotEmpty();
		}
	}

	@Test
	void streamThatKnowsNoListenerIsReadByAThreadThatWaits() {
		try (TestServer server = TestServer.tomcat().with(ReplayingFilter.class).start()) {
			URI upload = create(server, 10);
			assertThat(patch(upload, 3, "01234").status()).isEqualTo(409);
			assertThat(patch(upload, 0, "01234").header("Upload-Offset")).isEqualTo("5");
			assertThat(patch(upload, 5, "0123456789").status()).isEqualTo(413);
			assertThat(patch(upload, 5, "56789").status()).isEqualTo(204);
			assertThat(offset(upload)).isEqualTo("10");
		}
	}

	@Test
	void requestThatFallsSilentIsClosedWithoutAnAnswerWhereThereIsNoReadListener() {
		try (TestServer server = TestServer.tomcat()
			.with(SynchronousFilter.class, Interruptions.class)
			.property("tus.append.idle-timeout", "1s")
			.start()) {
			URI upload = create(server, 10);
			try (RawConnection silent = RawConnection.to(server.port())) {
				silent.request("PATCH " + upload.getPath() + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
						"Upload-Offset: 0", "Content-Type: application/offset+octet-stream", "Content-Length: 10");
				silent.send("01234");
				await().atMost(Duration.ofSeconds(20)).untilTrue(server.bean(Interruptions.class).interrupted);
				silent.send("56789");
				assertThat(silent.isClosedByPeer()).isTrue();
			}
			assertThat(offset(upload)).isEqualTo("5");
		}
	}

	@Test
	void requestThatWasTakenOverIsAnsweredOnceWhereThereIsNoAsynchronousProcessing() {
		try (TestServer server = TestServer.tomcat().with(SynchronousFilter.class).start()) {
			URI upload = create(server, 10);
			try (RawConnection old = RawConnection.to(server.port())) {
				old.request("PATCH " + upload.getPath() + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
						"Upload-Offset: 0", "Content-Type: application/offset+octet-stream", "Content-Length: 10");
				old.send("01234");
				await().atMost(Duration.ofSeconds(10)).until(() -> "5".equals(offset(upload)));
				assertThat(patch(upload, 5, "56789").status()).isEqualTo(204);
				old.send("56789");
				assertThat(old.read().status()).isBetween(400, 499);
			}
			assertThat(offset(upload)).isEqualTo("10");
		}
	}

	@Test
	void requestThatWasTakenOverAndBreaksIsNotLoggedWhereThereIsNoAsynchronousProcessing() {
		try (TestServer server = TestServer.tomcat().with(SynchronousFilter.class).start()) {
			URI upload = create(server, 10);
			try (RawConnection old = RawConnection.to(server.port())) {
				old.request("PATCH " + upload.getPath() + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
						"Upload-Offset: 0", "Content-Type: application/offset+octet-stream", "Content-Length: 10");
				old.send("01234");
				await().atMost(Duration.ofSeconds(10)).until(() -> "5".equals(offset(upload)));
				assertThat(patch(upload, 5, "56789").status()).isEqualTo(204);
				old.reset();
			}
			assertThat(offset(upload)).isEqualTo("10");
		}
	}

	@Test
	void downloadIsNotHeldBackThoughItIsSentByAThreadThatTheFilterDoesNotWaitFor() {
		try (TestServer server = TestServer.tomcat()
			.with(CachingFilter.class, RemoteStorage.class)
			.property("tus.download.enabled", true)
			.start()) {
			URI upload = create(server, 5);
			patch(upload, 0, "hello");
			RawResponse download = RawRequest.of("GET", upload).without("Tus-Resumable").send();
			assertThat(download.header("Content-Length")).isEqualTo("5");
			assertThat(download.text()).isEqualTo("hello");
			assertThat(get(upload, "\"another\"").status()).isEqualTo(412);
		}
	}

	@Test
	void downloadHeedsIfMatch() {
		try (TestServer server = TestServer.tomcat().property("tus.download.enabled", true).start()) {
			URI upload = create(server, 5);
			patch(upload, 0, "hello");
			RawResponse whole = RawRequest.of("GET", upload).send();
			assertThat(whole.status()).isEqualTo(200);
			assertThat(get(upload, whole.header(HttpHeaders.ETAG)).status()).isEqualTo(200);
			assertThat(get(upload, "*").status()).isEqualTo(200);
			assertThat(get(upload, "\"another\"").status()).isEqualTo(412);
		}
	}

	private static URI create(TestServer server, int length) {
		URI creation = server.uri("/files");
		return creation
			.resolve(RawRequest.of("POST", creation).with("Upload-Length: " + length).send().header("Location"));
	}

	private static RawResponse patch(URI upload, int offset, String body) {
		return RawRequest.of("PATCH", upload)
			.with("Upload-Offset: " + offset)
			.with("Content-Type: application/offset+octet-stream")
			.body(body)
			.send();
	}

	private static RawResponse get(URI upload, String condition) {
		return RawRequest.of("GET", upload).with("If-Match: " + condition).send();
	}

	private static String offset(URI upload) {
		return RawRequest.of("HEAD", upload).send().header("Upload-Offset");
	}

	@Configuration(proxyBeanMethods = false)
	static class RefusingInterceptor implements WebMvcConfigurer {

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(new HandlerInterceptor() {
				@Override
				public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
					boolean refused = request.getHeader("X-Refuse") != null;
					response.setStatus(refused ? 403 : 200);
					return !refused;
				}
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CachingFilter {

		@Bean
		Filter holdsBodiesBack() {
			return new OncePerRequestFilter() {
				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					ContentCachingResponseWrapper cache = new ContentCachingResponseWrapper(response);
					chain.doFilter(request, cache);
					if (!request.isAsyncStarted()) {
						cache.copyBodyToResponse();
					}
				}
			};
		}

	}

	/**
	 * Has other threads than the server's wait for the storage.
	 */
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
	 * Reads the body to log it and then plays it back, as many applications do.
	 */
	@Configuration(proxyBeanMethods = false)
	static class ReplayingFilter {

		@Bean
		Filter replays() {
			return new OncePerRequestFilter() {
				@Override
				protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response,
						FilterChain chain) throws ServletException, IOException {
					byte[] body = request.getInputStream().readAllBytes();
					chain.doFilter(new HttpServletRequestWrapper(request) {
						@Override
						public ServletInputStream getInputStream() {
							return new ReplayedStream(new ByteArrayInputStream(body));
						}
					}, response);
				}
			};
		}

	}

	static final class ReplayedStream extends ServletInputStream {

		private final ByteArrayInputStream body;

		ReplayedStream(ByteArrayInputStream body) {
			this.body = body;
		}

		@Override
		public int read() {
			return this.body.read();
		}

		@Override
		public boolean isFinished() {
			return this.body.available() == 0;
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			throw new UnsupportedOperationException();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SynchronousFilter {

		@Bean
		FilterRegistrationBean<Filter> synchronous() {
			FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(
					(request, response, chain) -> chain.doFilter(request, response));
			registration.setAsyncSupported(false);
			return registration;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CountingInterceptors implements WebMvcConfigurer {

		final List<CountingInterceptor> interceptors = new ArrayList<>();

		final CountingInterceptor mapped = new CountingInterceptor();

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			CountingInterceptor interceptor = new CountingInterceptor();
			this.interceptors.add(interceptor);
			registry.addInterceptor(interceptor).addPathPatterns("/files/**", "/elsewhere");
		}

		@Bean
		MappedInterceptor mappedInterceptor() {
			return new MappedInterceptor(new String[] { "/files/**", "/elsewhere" }, this.mapped);
		}

		@Bean
		RouterFunction<ServerResponse> elsewhere() {
			return RouterFunctions.route().GET("/elsewhere", (request) -> ServerResponse.ok().build()).build();
		}

	}

	private static final class CountingInterceptor implements HandlerInterceptor {

		final AtomicInteger calls = new AtomicInteger();

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			this.calls.incrementAndGet();
			return true;
		}

	}

	static class Interruptions {

		final AtomicBoolean interrupted = new AtomicBoolean();

		@EventListener
		void interrupted(TusUploadInterruptedEvent event) {
			this.interrupted.set(true);
		}

	}

}
