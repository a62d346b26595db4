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

import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAccess;
import io.github.tusspring.upload.UploadIntent;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.web.SignedUploadUrls;
import io.github.tusspring.web.UploadOwnerResolver;
import jakarta.servlet.http.HttpServletRequest;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * In whose name an upload is delivered again when its client has gone, and what becomes
 * of one whose client has lost the right meanwhile.
 */
class RedeliveryIdentityTests {

	private static final UserDetails ALICE = User.withUsername("alice")
		.password("{noop}secret")
		.roles("AUTHOR")
		.build();

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.tomcat()
			.security()
			.with(Application.class)
			.property("tus.security.signing.keys", "a key that is long enough for a signature")
			.property("tus.redelivery.initial-delay", "100ms")
			.property("tus.redelivery.max-delay", "100ms")
			.start();
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void reset() {
		Application.deliveredBy.clear();
		Application.barred.clear();
		Application.failures = 0;
		Application.unknown = false;
		Application.usersGone = false;
	}

	@Test
	void whenOwnerIsKnownThenListenersAndMethodSecuritySeeIt() {
		Application.failures = 1;
		upload(500);
		await(() -> assertThat(Application.deliveredBy).containsExactly("alice", "alice"));
	}

	@Test
	void whenOwnerIsNotKnownThenItIsDeliveredInNobodysNameWithoutAskingAnybody() {
		Application.failures = 1;
		Application.unknown = true;
		Application.barred.add("anonymousUser");
		upload(500);
		await(() -> assertThat(Application.deliveredBy).containsExactly("alice", "nobody"));
	}

	@Test
	void whenRightIsLostMeanwhileThenUploadIsRefused() {
		Application.failures = Integer.MAX_VALUE;
		String location = upload(500);
		Application.barred.add("alice");
		await(() -> assertThat(head(location).status()).isEqualTo(410));
		int deliveries = Application.deliveredBy.size();
		Application.barred.clear();
		Application.failures = 0;
		assertThat(head(location).status()).isEqualTo(410);
		assertThat(Application.deliveredBy).hasSize(deliveries);
	}

	@Test
	void whenUsersCannotBeLookedUpThenUploadWaits() {
		Application.failures = 1;
		Application.usersGone = true;
		String location = upload(500);
		await(() -> assertThat(Application.lookups).isGreaterThan(2));
		assertThat(Application.deliveredBy).containsExactly("alice");
		assertThat(head(location).status()).isIn(200, 423);
		Application.usersGone = false;
		await(() -> assertThat(Application.deliveredBy).containsExactly("alice", "alice"));
		await(() -> assertThat(head(location).header("Upload-Offset")).isEqualTo("5"));
	}

	@Test
	void whenUploadIsOfTheHolderOfASignedUrlThenItIsDeliveredInNobodysName() {
		Application.failures = 1;
		Application.usersGone = true;
		uploadSigned((grant) -> grant);
		await(() -> assertThat(Application.deliveredBy).containsExactly("anonymous", "nobody"));
	}

	@Test
	void whenSignedUrlNamesAnOwnerThenItIsDeliveredInThatName() {
		Application.failures = 1;
		uploadSigned((grant) -> grant.owner("alice"));
		await(() -> assertThat(Application.deliveredBy).containsExactly("anonymous", "alice"));
	}

	private static void uploadSigned(SignedUploadUrls.Terms terms) {
		RawResponse response = RawRequest.of("POST", server.uri("/files"))
			.target(server.bean(SignedUploadUrls.class).toCreate(Duration.ofMinutes(1), terms))
			.with("Upload-Length: 5")
			.with("Content-Type: application/offset+octet-stream")
			.body("hello")
			.send();
		assertThat(response.status()).as(response.toString()).isEqualTo(500);
	}

	private static void await(ThrowingRunnable condition) {
		Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(condition);
	}

	private static String upload(int status) {
		String location = RawRequest.of("POST", server.uri("/files"))
			.with(basic())
			.with("Upload-Length: 5")
			.with("Content-Length: 0")
			.send()
			.header("Location");
		RawResponse response = RawRequest.of("PATCH", server.uri(location))
			.with(basic())
			.with("Upload-Offset: 0")
			.with("Content-Type: application/offset+octet-stream")
			.body("hello")
			.send();
		assertThat(response.status()).as(response.toString()).isEqualTo(status);
		return location;
	}

	private static RawResponse head(String location) {
		return RawRequest.of("HEAD", server.uri(location)).with(basic()).send();
	}

	private static String basic() {
		return "Authorization: Basic " + HttpHeaders.encodeBasicAuth("alice", "secret", null);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableMethodSecurity
	static class Application {

		static final List<String> deliveredBy = new CopyOnWriteArrayList<>();

		/**
		 * Who may have nothing delivered any more.
		 */
		static final Set<String> barred = ConcurrentHashMap.newKeySet();

		static volatile int failures;

		static volatile int lookups;

		static volatile boolean unknown;

		static volatile boolean usersGone;

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers(TusRequest.toSignedUploads())
					.permitAll()
					.anyRequest()
					.authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads()))
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(ALICE)::loadUserByUsername;
		}

		@Bean
		UploadOwnerResolver owners() {
			return new Owners();
		}

		@Bean
		AuthorizationManager<UploadAccess> uploadAccess() {
			return (authentication, access) -> {
				if (access.intent() == UploadIntent.DELIVER && barred.contains(authentication.get().getName())) {
					throw new AccessDeniedException("Ask the board");
				}
				return new AuthorizationDecision(true);
			};
		}

		@Bean
		Archive archive() {
			return new Archive();
		}

		@Bean
		Listener listener(Archive archive) {
			return new Listener(archive);
		}

	}

	static class Owners implements UploadOwnerResolver {

		private final UploadOwnerResolver principals = UploadOwnerResolver.principal();

		@Override
		public String resolveOwner(HttpServletRequest request) {
			return this.principals.resolveOwner(request);
		}

		@Override
		public Principal resolvePrincipal(Upload upload) {
			Application.lookups++;
			if (Application.usersGone) {
				throw new IllegalStateException("The database of users is gone");
			}
			return Application.unknown ? null : UsernamePasswordAuthenticationToken.authenticated(upload.owner(), null,
					AuthorityUtils.createAuthorityList("ROLE_AUTHOR"));
		}

	}

	static class Archive {

		@PreAuthorize("hasRole('AUTHOR')")
		public String add() {
			return SecurityContextHolder.getContext().getAuthentication().getName();
		}

	}

	static class Listener {

		private final Archive archive;

		Listener(Archive archive) {
			this.archive = archive;
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
			if (authentication instanceof AnonymousAuthenticationToken) {
				Application.deliveredBy.add("anonymous");
			}
			else {
				Application.deliveredBy.add((authentication != null) ? this.archive.add() : "nobody");
			}
			if (event.attempt() <= Application.failures) {
				throw new IllegalStateException("The application can't take it now");
			}
		}

	}

}
