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

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAccess;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadIntent;
import io.github.tusspring.web.UploadOwnerResolver;
import io.github.tusspring.web.bind.TusUpload;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may do what, as one table: each operation, by each kind of client, at uploads that
 * become events and at those of an endpoint of the application's own, in both protocols.
 */
@TestInstance(Lifecycle.PER_CLASS)
class AccessTests {

	private static final String EVENTS = "/files";

	private static final String ENDPOINT = "/documents";

	private static TestServer server;

	/**
	 * Describes a server, which keeps uploads on the disk.
	 */
	protected TestServer.Builder builder() {
		return TestServer.tomcat();
	}

	@BeforeAll
	void start() {
		server = builder().security()
			.with(Application.class)
			.property("tus.download.enabled", "true")
			.property("tus.endpoints[0].path", ENDPOINT)
			.start();
	}

	@AfterAll
	void stop() {
		server.close();
	}

	/**
	 * What comes out. A row is an operation, a column a kind of client.
	 */
	static Stream<Arguments> table() {
		Map<Operation, int[]> events = Map.of(
		// @formatter:off
				//                          owner  member stranger nobody let in expired limited barred
				Operation.CREATE,      row(  201,   201,   201,    401,   201,   401,    403,   403),
				Operation.INSPECT,     row(  200,   404,   404,    401,   404,   401,    200,   404),
				Operation.APPEND,      row(  204,   404,   404,    401,   404,   401,    403,   404),
				Operation.TERMINATE,   row(  204,   404,   404,    401,   404,   401,    403,   404),
				Operation.CONCATENATE, row(  201,   400,   400,    401,   400,   401,    403,   403),
				Operation.DOWNLOAD,    row(  200,   404,   404,    401,   404,   401,    403,   404),
				Operation.DELIVER,     row(  204,   404,   404,    401,   404,   401,    403,   404),
				Operation.ARGUMENT,    row(  200,   404,   404,    401,   404,   401,    200,   404));
		// @formatter:on
		List<Arguments> arguments = new ArrayList<>();
		events.forEach((operation, statuses) -> {
			for (Who who : Who.values()) {
				int status = statuses[who.ordinal()];
				arguments.add(Arguments.of(Protocol.TUS, EVENTS, operation, who, status));
				for (Protocol protocol : Protocol.values()) {
					if (protocol.has(operation)) {
						arguments.add(Arguments.of(protocol, EVENTS, operation, who, status));
					}
					// A handler has the content, and no client of its.
					if (protocol.has(operation) && operation != Operation.DOWNLOAD) {
						arguments.add(Arguments.of(protocol, ENDPOINT, operation, who, status));
					}
				}
			}
		});
		return arguments.stream();
	}

	private static int[] row(int... statuses) {
		return statuses;
	}

	@ParameterizedTest(name = "{0} {1} {2} by {3}: {4}")
	@MethodSource("table")
	void everyOperation(Protocol protocol, String path, Operation operation, Who who, int status) {
		Application.limits.clear();
		String location = operation.prepare(protocol, path);
		String before = (location.isEmpty() || status < 300) ? "" : offset(protocol, location);
		who.limit();
		RawResponse response = operation.request(protocol, path, location, who);
		if (status < 300) {
			// Which success it is depends on protocol and handler.
			assertThat(response.status()).as(response.toString()).isBetween(200, 299);
		}
		else {
			assertThat(response.status()).as(response.toString()).isEqualTo(status);
		}
		if (status == 403) {
			assertThat(response.text()).contains("Ask the board");
		}
		if (status == 404) {
			assertThat(response.text()).doesNotContain("alice", "acme");
		}
		Application.limits.clear();
		if (!before.isEmpty()) {
			// Nobody's refused request has changed anything.
			assertThat(offset(protocol, location)).isEqualTo(before);
		}
	}

	private static String offset(Protocol protocol, String location) {
		return protocol.inspect(Who.OWNER, location).header("Upload-Offset");
	}

	/**
	 * Whoever may not know of an upload hears nothing of it by requests that the protocol
	 * refuses, either.
	 */
	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "OWNER", "LIMITED" })
	void refusalsOfTheProtocolTellNothingToOthers(Who who) {
		Application.limits.clear();
		String open = Protocol.RUFH.create(EVENTS, "Upload-Length: 5");
		String full = Protocol.RUFH.create(EVENTS, "Upload-Length: 5");
		assertThat(Protocol.RUFH.deliver(Who.OWNER, full).status()).isEqualTo(204);
		who.limit();
		List<RawResponse> responses = List.of(Protocol.RUFH.send(who, "PATCH", open).with("Content-Length: 0").send(),
				Protocol.RUFH.append(who, open, true).with("Upload-Offset: x").with("Content-Length: 0").send(),
				Protocol.RUFH.send(who, "HEAD", open).with("Upload-Offset: 0").send(),
				Protocol.RUFH.send(who, "PUT", open).with("Content-Length: 0").send(),
				Protocol.RUFH.append(who, full, true).with("Upload-Offset: 5").with("Content-Length: 0").send(),
				who.request("HEAD", open).without("Tus-Resumable").send(),
				who.request("DELETE", open).without("Tus-Resumable").send(),
				who.request("GET", full).without("Tus-Resumable").send());
		String missing = EVENTS + "/0123456789abcdef0123456789abcdef";
		int unnamed = who.request("HEAD", missing).without("Tus-Resumable").send().status();
		int refused = (who == Who.NOBODY || who == Who.EXPIRED) ? 401 : 404;
		assertThat(responses).extracting(RawResponse::status)
			.containsExactly(refused, refused, refused, refused, refused, unnamed(who, unnamed), unnamed(who, unnamed),
					refused);
		assertThat(responses).allSatisfy((response) -> assertThat(response.header("Upload-Offset")).isNull());
		Application.limits.clear();
	}

	private static int unnamed(Who who, int missing) {
		// It is the owner's own protocol.
		return (who == Who.BARRED) ? 404 : missing;
	}

	@Test
	void protocolThatIsNamedTellsNothingOfUploads() {
		Application.limits.clear();
		String tus = Protocol.TUS.create(EVENTS, "Upload-Length: 5");
		String missing = EVENTS + "/0123456789abcdef0123456789abcdef";
		for (String path : List.of(tus, missing)) {
			for (Who who : List.of(Who.OWNER, Who.MEMBER)) {
				assertThat(Protocol.RUFH.inspect(who, path).status()).isEqualTo(404);
				assertThat(Protocol.RUFH.send(who, "DELETE", path).send().status()).isEqualTo(404);
			}
		}
	}

	@ParameterizedTest
	@MethodSource("paths")
	void whenRightIsLostWhileLastBytesComeThenUploadIsRefused(String path) {
		Application.limits.clear();
		String location = Protocol.TUS.create(path, "Upload-Length: 5");
		Application.limits.add(UploadIntent.DELIVER);
		RawResponse response = Protocol.TUS.deliver(Who.OWNER, location);
		assertThat(response.status()).isEqualTo(403);
		assertThat(response.text()).isEqualTo("Ask the board");
		Application.limits.clear();
		assertThat(Protocol.TUS.inspect(Who.OWNER, location).status()).isEqualTo(410);
	}

	@ParameterizedTest
	@MethodSource("paths")
	void whenRightToSeeItIsLostTooThenUploadIsRefusedAsOneThatIsNotThere(String path) {
		Application.limits.clear();
		String location = Protocol.TUS.create(path, "Upload-Length: 5");
		Application.limits.addAll(Set.of(UploadIntent.DELIVER, UploadIntent.INSPECT));
		assertThat(Protocol.TUS.deliver(Who.OWNER, location).status()).isEqualTo(404);
		Application.limits.clear();
		assertThat(Protocol.TUS.inspect(Who.OWNER, location).status()).isEqualTo(410);
	}

	static Stream<String> paths() {
		return Stream.of(EVENTS, ENDPOINT);
	}

	enum Who {

		/** Created the upload. */
		OWNER,

		/** Another user of the same tenant. */
		MEMBER,

		/** A user of the same name at another tenant. */
		STRANGER,

		/** Has no credentials. */
		NOBODY,

		/** Has no credentials and meets a chain that needs none. */
		LET_IN,

		/** The owner with a token that was good for a while. */
		EXPIRED,

		/** The owner, whom the application lets look and nothing else. */
		LIMITED,

		/** The owner, whom the application lets do nothing. */
		BARRED;

		String authorization() {
			Instant later = Instant.now().plusSeconds(600);
			return switch (this) {
				case OWNER, LIMITED, BARRED -> "Authorization: Bearer " + JwtTokens.of("alice", "acme", later);
				case MEMBER -> "Authorization: Bearer " + JwtTokens.of("bob", "acme", later);
				case STRANGER -> "Authorization: Bearer " + JwtTokens.of("alice", "other", later);
				case NOBODY -> "X-Nothing: yes";
				case LET_IN -> "X-Let-In: yes";
				case EXPIRED ->
					"Authorization: Bearer " + JwtTokens.of("alice", "acme", Instant.now().minusSeconds(60));
			};
		}

		void limit() {
			if (this == LIMITED || this == BARRED) {
				Application.limits.addAll(Set.of(UploadIntent.values()));
			}
			if (this == LIMITED) {
				Application.limits.remove(UploadIntent.INSPECT);
			}
		}

		RawRequest request(String method, String path) {
			return RawRequest.of(method, server.uri(path)).with(authorization());
		}

	}

	enum Protocol {

		TUS {

			@Override
			RawRequest create(Who who, String path) {
				return who.request("POST", path).with("Content-Length: 0");
			}

			@Override
			RawRequest send(Who who, String method, String location) {
				return who.request(method, location);
			}

			@Override
			RawRequest append(Who who, String location, boolean last) {
				return who.request("PATCH", location).with("Content-Type: application/offset+octet-stream");
			}

			@Override
			boolean has(Operation operation) {
				return true;
			}

		},

		RUFH {

			@Override
			RawRequest create(Who who, String path) {
				return send(who, "POST", path).with("Upload-Complete: ?0").with("Content-Length: 0");
			}

			@Override
			RawRequest send(Who who, String method, String location) {
				return who.request(method, location).without("Tus-Resumable").with("Upload-Draft-Interop-Version: 6");
			}

			@Override
			RawRequest append(Who who, String location, boolean last) {
				return send(who, "PATCH", location).with("Content-Type: application/partial-upload")
					.with("Upload-Complete: " + (last ? "?1" : "?0"));
			}

			@Override
			boolean has(Operation operation) {
				return operation != Operation.CONCATENATE;
			}

		};

		abstract RawRequest create(Who who, String path);

		abstract RawRequest send(Who who, String method, String location);

		abstract RawRequest append(Who who, String location, boolean last);

		abstract boolean has(Operation operation);

		RawResponse inspect(Who who, String location) {
			return send(who, "HEAD", location).send();
		}

		RawResponse deliver(Who who, String location) {
			return append(who, location, true).with("Upload-Offset: 0").body("hello").send();
		}

		/**
		 * Creates an upload of the owner's.
		 */
		String create(String path, String... lines) {
			RawRequest request = create(Who.OWNER, path);
			for (String line : lines) {
				request.with(line);
			}
			RawResponse created = request.send();
			assertThat(created.status()).as(created.toString()).isEqualTo(201);
			String location = String.valueOf(created.header("Location"));
			UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
			assertThat(server.bean(TusUploads.class).find(id).map(Upload::owner)).contains("acme/alice");
			return location;
		}

	}

	enum Operation {

		CREATE, INSPECT, APPEND, TERMINATE, CONCATENATE, DOWNLOAD, DELIVER, ARGUMENT;

		String prepare(Protocol protocol, String path) {
			return switch (this) {
				case CREATE -> "";
				case INSPECT, APPEND, TERMINATE, DELIVER, ARGUMENT -> protocol.create(path, "Upload-Length: 5");
				case CONCATENATE -> {
					String part = protocol.create(path, "Upload-Length: 5", "Upload-Concat: partial");
					assertThat(protocol.deliver(Who.OWNER, part).status()).isEqualTo(204);
					yield part;
				}
				case DOWNLOAD -> {
					String upload = protocol.create(path, "Upload-Length: 5");
					assertThat(protocol.deliver(Who.OWNER, upload).status()).isBetween(200, 204);
					yield upload;
				}
			};
		}

		RawResponse request(Protocol protocol, String path, String location, Who who) {
			return switch (this) {
				case CREATE -> protocol.create(who, path).with("Upload-Length: 5").send();
				case INSPECT -> protocol.inspect(who, location);
				case APPEND -> protocol.append(who, location, false).with("Upload-Offset: 0").body("he").send();
				case TERMINATE -> protocol.send(who, "DELETE", location).send();
				case CONCATENATE -> protocol.create(who, path).with("Upload-Concat: final;" + location).send();
				case DOWNLOAD -> protocol.send(who, "GET", location).without("Upload-Draft-Interop-Version").send();
				case DELIVER -> protocol.deliver(who, location);
				case ARGUMENT -> who.request("GET", location.replaceFirst(EVENTS + "|" + ENDPOINT, "/pages")).send();
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		/**
		 * What the application doesn't let anybody do.
		 */
		static final Set<UploadIntent> limits = ConcurrentHashMap.newKeySet();

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers((request) -> request.getHeader("X-Let-In") != null)
							.permitAll()
							.anyRequest()
							.authenticated())
				.csrf((csrf) -> csrf.disable())
				.oauth2ResourceServer((server) -> server.jwt(Customizer.withDefaults()))
				.build();
		}

		@Bean
		JwtDecoder jwtDecoder() {
			return JwtTokens.decoder();
		}

		@Bean
		UserDetailsService noUsers() {
			return new InMemoryUserDetailsManager();
		}

		@Bean
		UploadOwnerResolver owners() {
			return (request) -> (request.getUserPrincipal() instanceof Authentication user
					&& user.getPrincipal() instanceof Jwt jwt) ? jwt.getClaimAsString("tenant") + "/" + jwt.getSubject()
							: null;
		}

		@Bean
		AuthorizationManager<UploadAccess> uploadAccess() {
			return (authentication, access) -> {
				if (limits.contains(access.intent())) {
					throw new AccessDeniedException("Ask the board");
				}
				return new AuthorizationDecision(true);
			};
		}

		@RestController
		static class Pages {

			@PostMapping(ENDPOINT)
			String documents(@RequestBody String body) {
				return body;
			}

			@GetMapping("/pages/{id}")
			String page(@TusUpload Upload upload) {
				return upload.id().toString();
			}

		}

	}

}
