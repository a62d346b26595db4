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

package io.github.tusspring.security;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.upload.event.TusUploadProgressEvent;
import io.github.tusspring.web.UploadOwnerResolver;
import jakarta.servlet.http.HttpServletRequest;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is left of users on the threads that have worked for them: nothing.
 */
class SecurityContextLeakTests {

	@ParameterizedTest
	@EnumSource(Container.class)
	void noThreadRemembersAnybody(Container container) {
		try (TestServer server = container.server()
			.security()
			.with(Application.class)
			.property("tus.download.enabled", "true")
			.property("tus.endpoints[0].path", "/documents")
			.property("tus.redelivery.initial-delay", "50ms")
			.start()) {
			Contexts contexts = server.bean(Contexts.class);
			Listener listener = server.bean(Listener.class);
			for (String user : new String[] { "alice", "bob" }) {
				upload(server, user, "/files", 204);
				upload(server, user, "/documents", 200);
				listener.failing = true;
				upload(server, user, "/files", 500);
			}
			Awaitility.await().untilAsserted(() -> assertThat(listener.again).contains("alice", "bob"));
			// Where they have been seen, none of them is any more.
			assertThat(contexts.seen.values()).anyMatch((names) -> names.contains("alice"))
				.anyMatch((names) -> names.contains("bob"));
			assertThat(contexts.seen.keySet()).anyMatch((thread) -> thread.getName().startsWith("tus-deliver-"));
			Awaitility.await()
				.untilAsserted(() -> assertThat(contexts.bound.values())
					.noneMatch((context) -> context.get().getAuthentication() != null));
		}
	}

	/**
	 * Uploads in pieces that come one by one, so that several threads have to do with
	 * them.
	 */
	private static void upload(TestServer server, String user, String path, int status) {
		String authorization = "Authorization: Basic " + HttpHeaders.encodeBasicAuth(user, "secret", null);
		String location = RawRequest.of("POST", server.uri(path))
			.with(authorization)
			.with("Upload-Length: 10")
			.with("Content-Length: 0")
			.send()
			.header("Location");
		try (RawConnection connection = RawConnection.to(server.port())) {
			connection.request("PATCH " + location + " HTTP/1.1", "Host: localhost", authorization,
					"Tus-Resumable: 1.0.0", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream",
					"Content-Length: 10");
			for (int i = 1; i <= 10; i++) {
				connection.send("x");
				int sent = i;
				if (i < 10 && i % 3 == 0) {
					Awaitility.await()
						.untilAsserted(() -> assertThat(RawRequest.of("HEAD", server.uri(location))
							.with(authorization)
							.send()
							.header("Upload-Offset")).isEqualTo("" + sent));
				}
			}
			RawResponse response = connection.read();
			assertThat(response.status()).as(response.toString()).isEqualTo(status);
		}
		if (status == 204) {
			assertThat(RawRequest.of("GET", server.uri(location))
				.without("Tus-Resumable")
				.with(authorization)
				.send()
				.status()).isEqualTo(200);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		Contexts contexts() {
			return new Contexts();
		}

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads(), TusRequest.toEndpoints()))
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(User.withUsername("alice").password("{noop}secret").build(),
					User.withUsername("bob").password("{noop}secret").build())::loadUserByUsername;
		}

		@Bean
		UploadOwnerResolver owners() {
			return new UploadOwnerResolver() {

				@Override
				public String resolveOwner(HttpServletRequest request) {
					return request.getRemoteUser();
				}

				@Override
				public Authentication resolvePrincipal(Upload upload) {
					return UsernamePasswordAuthenticationToken.authenticated(upload.owner(), null, List.of());
				}

			};
		}

		@Bean
		Listener listener(Contexts contexts) {
			return new Listener(contexts);
		}

		@RestController
		static class Documents {

			@PostMapping("/documents")
			String create(@RequestBody String body) {
				return body;
			}

		}

	}

	static class Listener {

		final Set<String> again = ConcurrentHashMap.newKeySet();

		private final Contexts contexts;

		volatile boolean failing;

		Listener(Contexts contexts) {
			this.contexts = contexts;
		}

		@EventListener
		void progressed(TusUploadProgressEvent event) {
			this.contexts.getContext().getAuthentication();
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			if (event.attempt() > 1) {
				this.again.add(this.contexts.getContext().getAuthentication().getName());
			}
			else if (this.failing) {
				this.failing = false;
				throw new IllegalStateException("The application can't take it now");
			}
		}

	}

	/**
	 * Knows what each thread remembers, and has ever known.
	 */
	static class Contexts implements SecurityContextHolderStrategy {

		final Map<Thread, Supplier<SecurityContext>> bound = new ConcurrentHashMap<>();

		final Map<Thread, Set<String>> seen = new ConcurrentHashMap<>();

		@Override
		public void clearContext() {
			this.bound.remove(Thread.currentThread());
		}

		@Override
		public SecurityContext getContext() {
			return getDeferredContext().get();
		}

		@Override
		public Supplier<SecurityContext> getDeferredContext() {
			SecurityContext empty = createEmptyContext();
			return this.bound.computeIfAbsent(Thread.currentThread(), (thread) -> () -> empty);
		}

		@Override
		public void setContext(SecurityContext context) {
			setDeferredContext(() -> context);
		}

		@Override
		public void setDeferredContext(Supplier<SecurityContext> deferred) {
			Set<String> names = this.seen.computeIfAbsent(Thread.currentThread(),
					(thread) -> ConcurrentHashMap.newKeySet());
			this.bound.put(Thread.currentThread(), () -> {
				SecurityContext context = deferred.get();
				if (context.getAuthentication() != null) {
					names.add(context.getAuthentication().getName());
				}
				return context;
			});
		}

		@Override
		public SecurityContext createEmptyContext() {
			return new SecurityContextImpl();
		}

	}

}
