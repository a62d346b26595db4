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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.web.SignedUploadUrls;
import io.github.tusspring.web.bind.TusUpload;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A hostile client with an account of its own tries what it can over raw sockets. Nothing
 * of anybody else's is reached, nothing but refusals is said, and what it leaves behind
 * stays within the limits.
 */
@ExtendWith(OutputCaptureExtension.class)
class HostileCrawlTests {

	private static final String SECRET = "the content of the victim's upload";

	private static final String EVE = "Authorization: Basic " + base64("eve:secret");

	private static final String VICTIM = "Authorization: Basic " + base64("victim:secret");

	private static final int MAX_UPLOADS = 50;

	private static final int CREATIONS = Integer.getInteger("crawl.creations", 300);

	private static TestServer server;

	private static String location;

	@BeforeAll
	static void start() {
		server = TestServer.tomcat()
			.security()
			.with(Application.class)
			.property("tus.download.enabled", "true")
			.property("tus.endpoints[0].path", "/documents")
			.property("tus.security.signing.keys[0]", "a key of thirty-two characters, or more")
			.property("tus.limits.max-uploads-per-client", MAX_UPLOADS)
			.property("tus.limits.max-stored-size-per-client", "1MB")
			.property("tus.limits.max-metadata-keys", "20")
			.start();
		location = upload();
	}

	private static String upload() {
		String created = RawRequest.of("POST", server.uri("/files"))
			.with(VICTIM)
			.with("Upload-Length: " + SECRET.length())
			.with("Content-Type: application/offset+octet-stream")
			.body(SECRET)
			.send()
			.header("Location");
		return String.valueOf(created);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@AfterEach
	void nothingHasHappened(CapturedOutput output) throws IOException {
		assertThat(RawRequest.of("GET", server.uri(location)).with(VICTIM).send().text()).isEqualTo(SECRET);
		assertThat(output.getAll()).doesNotContain(" ERROR ", "\tat io.github.tusspring");
		try (Stream<Path> files = Files.list(server.directory())) {
			assertThat(files.count()).isLessThan(3 * MAX_UPLOADS);
		}
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "/files/../../etc/passwd", "/files/..%2f..%2fetc%2fpasswd", "/files/%2e%2e/%2e%2e/etc/passwd",
					"/files/..;/..;/etc/passwd", "/files/..\\..\\etc\\passwd", "/files/%5c..%5cetc", "/files/%00",
					"/files/a%00.info", "/files/%252e%252e%252f", "//files//..//x", "/files/./x", "/files;a=b/x",
					"/files/x;jsessionid=1", "/files/.info", "/files/x.info", "/files/%c0%ae%c0%ae/", "/files/%",
					"/files/%zz", "/files/..", "/files/" + "a/../", "/documents/..;/", "/documents/%2e%2e%2ffiles",
					"/fi%6ces/x", "/FILES/x", "/files/x?../../y", "/files/~root", "/files/aux", "/files/ x" })
	void pathsLeadNowhere(String target) {
		for (String method : List.of("HEAD", "GET", "PATCH", "DELETE")) {
			RawResponse response = send(method, target);
			if (response != null) {
				assertThat(response.status()).as("%s %s: %s", method, target, response).isBetween(400, 499);
				assertThat(response.text()).doesNotContain("root:", server.directory().toString(), "Exception");
			}
		}
	}

	@Test
	void whatIsTheVictimsIsNotThere() {
		String id = location.substring(location.lastIndexOf('/') + 1);
		List<String> targets = List.of(location, "/documents/" + id, "/pages/" + id, location + "/", "//files/" + id,
				"/files/%" + Integer.toHexString(id.charAt(0)) + id.substring(1), location + "?tus-grant=x.y");
		for (String target : targets) {
			for (String method : List.of("HEAD", "GET", "PATCH", "DELETE", "PUT", "POST", "TRACE")) {
				RawResponse response = send(method, target);
				if (response != null) {
					assertThat(response.status()).as("%s %s: %s", method, target, response).isBetween(400, 499);
					assertThat(response.text()).doesNotContain(SECRET, "victim");
				}
			}
			for (String override : List.of("PATCH", "DELETE", "HEAD", "GET")) {
				RawResponse response = RawRequest.of("POST", server.uri("/files"))
					.target(target)
					.with(EVE)
					.with("X-HTTP-Method-Override: " + override)
					.with("Content-Length: 0")
					.send();
				assertThat(response.status()).as("%s %s: %s", override, target, response).isBetween(400, 499);
			}
		}
	}

	@Test
	void idsCannotBeGuessed() {
		Random random = new Random(11);
		String id = location.substring(location.lastIndexOf('/') + 1);
		try (RawConnection connection = RawConnection.to(server.port())) {
			for (int i = 0; i < 90; i++) {
				char[] guess = id.toCharArray();
				guess[i % guess.length] = Character.forDigit(random.nextInt(16), 16);
				if (!String.valueOf(guess).equals(id)) {
					assertThat(RawRequest.of("HEAD", server.uri("/files/" + String.valueOf(guess)))
						.with(EVE)
						.on(connection)
						.read()
						.status()).isEqualTo(404);
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 5|Transfer-Encoding: chunked", "Content-Length: 5|Content-Length: 6",
			"Transfer-Encoding: chunked|Transfer-Encoding: identity", "Transfer-Encoding: xchunked",
			"Transfer-Encoding : chunked", "Transfer-Encoding: chunked, identity", "Content-Length: +5",
			"Content-Length: 0x5", "Content-Length: 5, 6", "Transfer-Encoding:\tchunked\u000b" })
	void noRequestIsHiddenInAnother(String framing) {
		String hidden = "0\r\n\r\nDELETE " + location + " HTTP/1.1\r\nHost: x\r\n" + VICTIM
				+ "\r\nTus-Resumable: 1.0.0\r\nX: ";
		try (RawConnection connection = RawConnection.to(server.port()).timeout(Duration.ofSeconds(1))) {
			List<String> lines = new ArrayList<>(List.of("POST /files HTTP/1.1", "Host: x", EVE, "Tus-Resumable: 1.0.0",
					"Upload-Length: 5", "Content-Type: application/offset+octet-stream"));
			lines.addAll(List.of(framing.split("\\|")));
			connection.request(lines.toArray(String[]::new)).send(hidden);
			int status = connection.read().status();
			// Of both the coding counts, and the connection is closed (RFC 9112, section
			// 6.3).
			assertThat(status == 201 && framing.startsWith("Content-Length: 5|Transfer") || status >= 400).isTrue();
		}
		catch (UncheckedIOException ex) {
			// Closed without an answer is as good.
		}
	}

	@Test
	void noHeaderGetsIntoAnAnswer() {
		String evil = "a\r\nSet-Cookie: stolen=1\r\n\r\n<script>";
		RawResponse created = RawRequest.of("POST", server.uri("/documents"))
			.target("/documents?x=%0d%0aSet-Cookie:%20stolen=1")
			.with(EVE)
			.with("Upload-Length: 5")
			.with("Upload-Metadata: filename " + base64(evil) + ",filetype " + base64("text/html\r\nX-Evil: 1"))
			.with("Origin: https://evil.example\u000bX")
			.with("Content-Length: 0")
			.send();
		assertThat(created.headers("Set-Cookie")).noneMatch((cookie) -> cookie.contains("stolen"));
		assertThat(created.headers("X-Evil")).isEmpty();
		assertThat(created.headers("Access-Control-Allow-Origin")).isEmpty();
		if (created.status() == 201) {
			send("DELETE", created.header("Location"));
		}
	}

	@Test
	void metadataDoesNotFillTheMemory() {
		String keys = String.join(",", IntStream.range(0, 1500).mapToObj((i) -> "k" + i).toList());
		for (int i = 0; i < 50; i++) {
			assertThat(create("Upload-Length: 5", "Upload-Metadata: " + keys).status()).isIn(400, 413, 431);
		}
		assertThat(create("Upload-Length: 5", "Upload-Metadata: a " + "A".repeat(100_000)).status()).isIn(400, 413,
				431);
	}

	@Test
	void concatenationMultipliesNothing() {
		RawResponse part = RawRequest.of("POST", server.uri("/files"))
			.with(EVE)
			.with("Upload-Length: 50000")
			.with("Upload-Concat: partial")
			.with("Content-Type: application/offset+octet-stream")
			.body("x".repeat(50_000))
			.send();
		assertThat(part.status()).isEqualTo(201);
		String id = part.header("Location");
		for (int count : new int[] { 30, 90, 150, 1000 }) {
			RawResponse response = create("Upload-Concat: final;" + String.join(" ", Collections.nCopies(count, id)));
			assertThat(response.status()).as(response.toString()).isBetween(400, 431);
		}
		assertThat(create("Upload-Concat: final;" + location).status()).isEqualTo(400);
		send("DELETE", id);
	}

	@Test
	void creationsFillNothing() throws IOException {
		removeUploadsOfEve();
		long before = usedMemory();
		int created = 0;
		for (int done = 0; done < CREATIONS; done += 45) {
			// Tomcat closes a connection after a hundred requests.
			try (RawConnection connection = RawConnection.to(server.port())) {
				for (int i = 0; i < 45; i++) {
					RawResponse response = RawRequest.of("POST", server.uri("/files"))
						.with(EVE)
						.with("Upload-Length: 5")
						.with("Upload-Metadata: filename " + base64("x".repeat(300) + i))
						.with("Content-Length: 0")
						.on(connection)
						.read();
					assertThat(response.status()).isIn(201, 429);
					if (response.status() == 201 && created++ >= MAX_UPLOADS / 2) {
						// Who tidies up may go on, and leaves nothing.
						assertThat(RawRequest.of("DELETE", server.uri(response.header("Location")))
							.with(EVE)
							.on(connection)
							.read()
							.status()).isEqualTo(204);
					}
				}
			}
		}
		for (int i = 0; i < MAX_UPLOADS; i++) {
			assertThat(create("Upload-Length: 5").status()).isEqualTo((i < MAX_UPLOADS / 2) ? 201 : 429);
		}
		assertThat(usedMemory() - before).isLessThan(32 * 1024 * 1024);
		try (Stream<Path> files = Files.list(server.directory())) {
			assertThat(files.mapToLong((file) -> file.toFile().length()).sum()).isLessThan(1024 * 1024);
		}
		// Nobody else suffers.
		RawResponse other = RawRequest.of("POST", server.uri("/files"))
			.with(VICTIM)
			.with("Upload-Length: 5")
			.with("Content-Length: 0")
			.send();
		assertThat(other.status()).isEqualTo(201);
		RawRequest.of("DELETE", server.uri(other.header("Location"))).with(VICTIM).send();
		removeUploadsOfEve();
	}

	@Test
	void racesLeaveNothingBehindAndOpenNothing() {
		for (int round = 0; round < 10; round++) {
			String part = RawRequest.of("POST", server.uri("/files"))
				.with(EVE)
				.with("Upload-Length: 5")
				.with("Upload-Concat: partial")
				.with("Content-Length: 0")
				.send()
				.header("Location");
			List<CompletableFuture<RawResponse>> races = Stream
				.<Supplier<RawResponse>>of(() -> append(part), () -> create("Upload-Concat: final;" + part),
						() -> send("DELETE", part), () -> append(part), () -> send("HEAD", part),
						() -> create("Upload-Concat: final;" + part + " " + part),
						() -> create("Upload-Concat: final;" + part + " " + location), () -> send("DELETE", part))
				.map(CompletableFuture::supplyAsync)
				.toList();
			for (CompletableFuture<RawResponse> race : races) {
				assertThat(race.join().status()).as(race.join().toString()).isBetween(200, 499);
			}
			assertThat(races.get(6).join().status()).isEqualTo(400);
		}
		removeUploadsOfEve();
	}

	private static RawResponse append(String path) {
		return RawRequest.of("PATCH", server.uri(path))
			.with(EVE)
			.with("Upload-Offset: 0")
			.with("Content-Type: application/offset+octet-stream")
			.body("hello")
			.send();
	}

	private static void removeUploadsOfEve() {
		try (Stream<Upload> uploads = server.bean(TusUploads.class).list()) {
			uploads.filter((upload) -> "eve".equals(upload.owner()))
				.map(Upload::id)
				.toList()
				.forEach((id) -> server.bean(TusUploads.class).delete(id));
		}
	}

	private static long usedMemory() {
		System.gc();
		Runtime runtime = Runtime.getRuntime();
		return runtime.totalMemory() - runtime.freeMemory();
	}

	@Test
	void oneSignedUrlIsOneUploadHoweverManyUseItAtOnce() {
		String url = server.bean(SignedUploadUrls.class)
			.toCreate(Duration.ofMinutes(1), (grant) -> grant.maxSize(5).owner("victim"));
		List<CompletableFuture<Integer>> creations = IntStream.range(0, 10)
			.mapToObj((i) -> CompletableFuture.supplyAsync(() -> RawRequest.of("POST", server.uri("/files"))
				.target(url)
				.with("Upload-Length: 5")
				.with("Content-Length: 0")
				.send()
				.status()))
			.toList();
		assertThat(creations).extracting(CompletableFuture::join).containsOnlyOnce(201).containsOnly(201, 409);
	}

	private static RawResponse create(String... lines) {
		RawRequest request = RawRequest.of("POST", server.uri("/files")).with(EVE);
		for (String line : lines) {
			request.with(line);
		}
		return request.with("Content-Length: 0").send();
	}

	/**
	 * Returns the answer, or nothing if the connection was closed.
	 */
	private static RawResponse send(String method, String target) {
		RawRequest request = RawRequest.of(method, server.uri("/files")).target(target).with(EVE);
		if (method.equals("PATCH")) {
			request.with("Upload-Offset: 0").with("Content-Type: application/offset+octet-stream").body("evil!");
		}
		else if (method.equals("POST") || method.equals("PUT")) {
			request.with("Upload-Length: -1").with("Content-Length: 0");
		}
		try (RawConnection connection = RawConnection.to(server.port()).timeout(Duration.ofSeconds(5))) {
			return request.on(connection).read();
		}
		catch (UncheckedIOException ex) {
			return null;
		}
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers(TusRequest.toSignedUploads())
					.permitAll()
					.anyRequest()
					.authenticated())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads(), TusRequest.toEndpoints()))
				.httpBasic(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			// Not as a bean that would encode the passwords anew, which takes its time.
			return new InMemoryUserDetailsManager(User.withUsername("victim").password("{noop}secret").build(),
					User.withUsername("eve").password("{noop}secret").build())::loadUserByUsername;
		}

		@RestController
		static class Pages {

			@PostMapping("/documents")
			String documents(@RequestBody String body) {
				return body;
			}

			@GetMapping("/pages/{id}")
			UploadMetadata page(@TusUpload Upload upload) {
				return upload.metadata();
			}

		}

	}

}
