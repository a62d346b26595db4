package io.github.tusspring.security;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
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
 * become events and at those of an endpoint of the application's own.
 */
class AccessTests {

	private static final String EVENTS = "/files";

	private static final String ENDPOINT = "/documents";

	private static final TestServer server = TestServer.tomcat()
		.security()
		.with(Application.class)
		.property("tus.download.enabled", "true")
		.property("tus.endpoints[0].path", ENDPOINT)
		.start();

	@AfterAll
	static void stop() {
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
				arguments.add(Arguments.of(EVENTS, operation, who, statuses[who.ordinal()]));
				if (operation != Operation.DOWNLOAD && operation != Operation.ARGUMENT) {
					// What has been handed over has an answer of its handler's.
					int status = statuses[who.ordinal()];
					boolean handled = operation == Operation.DELIVER && status == 204;
					arguments.add(Arguments.of(ENDPOINT, operation, who, handled ? 200 : status));
				}
			}
		});
		return arguments.stream();
	}

	private static int[] row(int... statuses) {
		return statuses;
	}

	@ParameterizedTest(name = "{0} {1} by {2}: {3}")
	@MethodSource("table")
	void everyOperation(String path, Operation operation, Who who, int status) {
		Application.limits.clear();
		String location = operation.prepare(path);
		String before = (location.isEmpty() || status < 300) ? ""
				: Who.OWNER.send("HEAD", location).header("Upload-Offset");
		who.limit();
		RawResponse response = operation.request(path, location, who);
		assertThat(response.status()).as(response.toString()).isEqualTo(status);
		if (status == 403) {
			assertThat(response.text()).isEqualTo("Ask the board");
		}
		if (status == 404) {
			assertThat(response.text()).doesNotContain("alice", "acme");
		}
		Application.limits.clear();
		if (!before.isEmpty()) {
			// Nobody's refused request has changed anything.
			assertThat(Who.OWNER.send("HEAD", location).header("Upload-Offset")).isEqualTo(before);
		}
	}

	@ParameterizedTest
	@MethodSource("paths")
	void whenRightIsLostWhileLastBytesComeThenUploadIsRefused(String path) {
		Application.limits.clear();
		String location = Operation.create(path, "Upload-Length: 5");
		Application.limits.add(UploadIntent.DELIVER);
		RawResponse response = Operation.append(Who.OWNER, location, "hello");
		assertThat(response.status()).isEqualTo(403);
		assertThat(response.text()).isEqualTo("Ask the board");
		Application.limits.clear();
		assertThat(Who.OWNER.send("HEAD", location).status()).isEqualTo(410);
	}

	@ParameterizedTest
	@MethodSource("paths")
	void whenRightToSeeItIsLostTooThenUploadIsRefusedAsOneThatIsNotThere(String path) {
		Application.limits.clear();
		String location = Operation.create(path, "Upload-Length: 5");
		Application.limits.addAll(Set.of(UploadIntent.DELIVER, UploadIntent.INSPECT));
		assertThat(Operation.append(Who.OWNER, location, "hello").status()).isEqualTo(404);
		Application.limits.clear();
		assertThat(Who.OWNER.send("HEAD", location).status()).isEqualTo(410);
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

		RawResponse send(String method, String path, String... lines) {
			RawRequest request = RawRequest.of(method, server.uri(path)).with(authorization());
			for (String line : lines) {
				request.with(line);
			}
			return request.send();
		}

	}

	enum Operation {

		CREATE((path, who) -> who.send("POST", path, "Upload-Length: 5", "Content-Length: 0")),

		INSPECT((location, who) -> who.send("HEAD", location)),

		APPEND((location, who) -> append(who, location, "he")),

		TERMINATE((location, who) -> who.send("DELETE", location)),

		CONCATENATE((location, who) -> who.send("POST", location.substring(0, location.lastIndexOf('/')),
				"Upload-Concat: final;" + location, "Content-Length: 0")),

		DOWNLOAD((location, who) -> who.send("GET", location)),

		DELIVER((location, who) -> append(who, location, "hello")),

		ARGUMENT((location, who) -> who.send("GET", location.replace(EVENTS, "/pages")));

		private final BiFunction<String, Who, RawResponse> request;

		Operation(BiFunction<String, Who, RawResponse> request) {
			this.request = request;
		}

		String prepare(String path) {
			return switch (this) {
				case CREATE -> "";
				case INSPECT, APPEND, TERMINATE, DELIVER, ARGUMENT -> create(path, "Upload-Length: 5");
				case CONCATENATE -> {
					String part = create(path, "Upload-Length: 5", "Upload-Concat: partial");
					assertThat(append(Who.OWNER, part, "hello").status()).isEqualTo(204);
					yield part;
				}
				case DOWNLOAD -> {
					String upload = create(path, "Upload-Length: 5");
					assertThat(append(Who.OWNER, upload, "hello").status()).isEqualTo(204);
					yield upload;
				}
			};
		}

		RawResponse request(String path, String location, Who who) {
			return this.request.apply(location.isEmpty() ? path : location, who);
		}

		static String create(String path, String... lines) {
			String[] all = Stream.concat(Stream.of(lines), Stream.of("Content-Length: 0")).toArray(String[]::new);
			RawResponse created = Who.OWNER.send("POST", path, all);
			assertThat(created.status()).as(created.toString()).isEqualTo(201);
			String location = String.valueOf(created.header("Location"));
			UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
			assertThat(server.bean(TusUploads.class).find(id).map(Upload::owner)).contains("acme/alice");
			return location;
		}

		static RawResponse append(Who who, String location, String bytes) {
			return RawRequest.of("PATCH", server.uri(location))
				.with(who.authorization())
				.with("Upload-Offset: 0")
				.with("Content-Type: application/offset+octet-stream")
				.body(bytes)
				.send();
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
