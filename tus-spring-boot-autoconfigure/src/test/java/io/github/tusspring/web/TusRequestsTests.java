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
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.web.bind.TusUpload;
import io.github.tusspring.web.endpoint.TusAttributes;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link TusRequests} and the argument resolvers: the examples of the
 * documentation.
 */
class TusRequestsTests {

	private static final String BYTES = "Content-Type: application/offset+octet-stream";

	@TempDir
	static Path library;

	private static TestServer server;

	@BeforeAll
	static void start() {
		System.setProperty("library", library.toString());
		server = TestServer.tomcat()
			.with(ApplicationConfiguration.class)
			.property("tus.rufh.enabled", "true")
			.property("tus.endpoints[0].path", "/notes")
			.property("tus.endpoints[1].path", "/documents")
			.property("tus.endpoints[2].path", "/imports")
			.property("tus.endpoints[2].deliver", "path")
			.property("tus.endpoints[3].path", "/tenants")
			.start();
	}

	@AfterAll
	static void stop() {
		server.close();
		System.clearProperty("library");
	}

	private static RawResponse send(RawRequest request) {
		return request.send();
	}

	private static String create(String path, String metadata) {
		RawResponse created = send(RawRequest.of("POST", server.uri(path))
			.with("Upload-Length: 5")
			.with("Upload-Metadata: " + metadata)
			.with("Content-Length: 0"));
		assertThat(created.status()).as(created.toString()).isEqualTo(201);
		assertThat(created.header("Location")).startsWith(path + "/");
		return created.header("Location");
	}

	private static RawResponse append(String location) {
		return send(RawRequest.of("PATCH", server.uri(location)).with(BYTES).with("Upload-Offset: 0").body("hello"));
	}

	private static RawResponse head(String location) {
		return send(RawRequest.of("HEAD", server.uri(location)));
	}

	private static String title(String title) {
		return "title " + Base64.getEncoder().encodeToString(title.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void controllerOfTheApplicationReceivesUploads() throws IOException {
		String location = create("/videos", title("Holidays"));
		RawResponse answer = append(location);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("Thank you for Holidays");
		assertThat(answer.header("Upload-Expires")).isNull();
		RawResponse again = send(RawRequest.of("PATCH", server.uri(location)).with(BYTES).with("Upload-Offset: 5"));
		assertThat(again.text()).isEqualTo("Thank you for Holidays");
		assertThat(again.header("Upload-Expires")).isNull();
		String id = location.substring("/videos/".length());
		assertThat(Files.readString(library.resolve(id))).isEqualTo("hello");
		assertThat(head(location).header("Upload-Offset")).isEqualTo("5");
		assertThat(head("/files/" + id).status()).isEqualTo(404);
	}

	@Test
	void receiverThatRefusesIsHeardAndTheContentIsGone() {
		String location = create("/videos", title("forbidden"));
		RawResponse answer = append(location);
		assertThat(answer.status()).isEqualTo(422);
		assertThat(answer.text()).isEqualTo("Not that one");
		assertThat(head(location).status()).isEqualTo(410);
	}

	@Test
	void receiverThatFailsIsCalledAgainByTheClientThatComesBack() {
		String location = create("/videos", title("flaky"));
		assertThat(append(location).status()).isEqualTo(500);
		assertThat(head(location).header("Upload-Offset")).isEqualTo("4");
		RawResponse answer = send(
				RawRequest.of("PATCH", server.uri(location)).with(BYTES).with("Upload-Offset: 4").body("o"));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("Thank you for flaky");
	}

	@Test
	void errorOfAReceiverIsAnsweredWhateverTheFraming() {
		for (boolean chunked : new boolean[] { true, false }) {
			String location = create("/broken", title("x"));
			RawRequest patch = RawRequest.of("PATCH", server.uri(location)).with(BYTES).with("Upload-Offset: 0");
			RawResponse answer = send(chunked ? patch.chunked("hel", "lo") : patch.body("hello"));
			assertThat(answer.status()).isEqualTo(500);
			assertThat(answer.header("Tus-Resumable")).isEqualTo("1.0.0");
			assertThat(head(location).header("Upload-Offset")).isEqualTo("4");
		}
	}

	@Test
	void bodyThatAFilterHasReadAsAFormIsNoUpload() {
		RawRequest request = RawRequest.of("PUT", server.uri("/videos"))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 6")
			.with("Upload-Complete: ?1");
		RawResponse form = send(
				request.with("Content-Type: application/x-www-form-urlencoded").chunked("title=", "Holidays"));
		assertThat(form.status()).isEqualTo(400);
	}

	@Test
	void formOfWhichAFilterHasTakenTheReaderIsRefused() {
		RawResponse form = send(RawRequest.of("POST", server.uri("/videos"))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 6")
			.with("Upload-Complete: ?1")
			.with("X-Reader: taken")
			.with("Content-Type: application/x-www-form-urlencoded")
			.body("title=Holidays"));
		assertThat(form.status()).isEqualTo(400);
	}

	@Test
	void whatNeedsNoBodyMayHaveAFormsType() {
		String location = send(RawRequest.of("POST", server.uri("/videos"))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 6")
			.with("Upload-Complete: ?0")
			.with("Content-Length: 0")).header("Location");
		for (String method : List.of("HEAD", "DELETE")) {
			RawResponse answer = send(RawRequest.of(method, server.uri(location))
				.without("Tus-Resumable")
				.with("Upload-Draft-Interop-Version: 6")
				.with("Content-Type: application/x-www-form-urlencoded"));
			assertThat(answer.status()).isEqualTo(204);
		}
	}

	@Test
	void bodyOfAFormsTypeIsAnUploadWhereItIsShielded() {
		RawResponse answer = send(RawRequest.of("PUT", server.uri("/drop"))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 6")
			.with("Upload-Complete: ?1")
			.with("Content-Type: application/x-www-form-urlencoded")
			.chunked("title=", "Holidays"));
		assertThat(answer.text()).isEqualTo("14 bytes dropped");
	}

	@Test
	void bodyOfAnyOtherTypeIsAnUploadWithoutTus() {
		RawResponse answer = send(RawRequest.of("PUT", server.uri("/videos"))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: 6")
			.with("Upload-Complete: ?1")
			.with("Content-Type: video/mp4")
			.chunked("hel", "lo"));
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Upload-Offset")).isEqualTo("5");
	}

	@Test
	void filterOfTheApplicationReceivesUploads() {
		String location = create("/drop", title("x"));
		assertThat(append(location).text()).isEqualTo("5 bytes dropped");
		assertThat(server.directory().resolve(location.substring("/drop/".length()))).doesNotExist();
		assertThat(send(RawRequest.of("GET", server.uri("/drop")).without("Tus-Resumable")).status()).isEqualTo(404);
	}

	@Test
	void filterOfTheApplicationAnswersWhatTheServerCan() {
		RawResponse options = send(RawRequest.of("OPTIONS", server.uri("/drop")).without("Tus-Resumable"));
		assertThat(options.status()).isEqualTo(204);
		assertThat(options.header("Tus-Version")).isEqualTo("1.0.0");
		assertThat(options.header("Tus-Extension")).contains("creation");
		RawResponse preflight = send(RawRequest.of("OPTIONS", server.uri("/drop"))
			.without("Tus-Resumable")
			.with("Origin: https://elsewhere.example")
			.with("Access-Control-Request-Method: POST"));
		assertThat(preflight.header("Tus-Version")).as("the application's to answer").isNull();
	}

	@Test
	void filterOfTheApplicationTakesNoPathThatBeginsLikeItsOwn() {
		assertThat(send(RawRequest.of("POST", server.uri("/dropbox")).with("Content-Length: 0")).status())
			.isEqualTo(404);
		assertThat(send(RawRequest.of("OPTIONS", server.uri("/dropbox")).without("Tus-Resumable")).status())
			.isNotEqualTo(500);
	}

	@Test
	void handlerOfAResumableEndpointGetsItsUploadAsAnArgument() {
		String location = create("/notes", title("My note"));
		assertThat(append(location).text())
			.isEqualTo("My note: hello (" + location.substring("/notes/".length()) + ")");
		RawResponse ordinary = send(RawRequest.of("POST", server.uri("/notes"))
			.without("Tus-Resumable")
			.with("Content-Type: text/plain")
			.body("plain"));
		assertThat(ordinary.text()).isEqualTo("null: plain (no upload)");
	}

	@Test
	void handlerOfAnEndpointTakesUploadsAndOrdinaryRequests() {
		String location = create("/documents", title("x") + ",filename YS50eHQ=");
		assertThat(append(location).text()).isEqualTo("{\"filename\":\"a.txt\",\"size\":5}");
		RawResponse ordinary = send(RawRequest.of("POST", server.uri("/documents"))
			.without("Tus-Resumable")
			.with("Content-Type: text/plain")
			.body("plain text"));
		assertThat(ordinary.text()).isEqualTo("{\"filename\":\"unnamed\",\"size\":10}");
	}

	@Test
	void handlerOfAnEndpointThatWantsPathsMovesTheFile() throws IOException {
		String location = create("/imports", title("x"));
		assertThat(append(location).status()).isEqualTo(200);
		assertThat(library.resolve("import-" + location.substring("/imports/".length()))).hasContent("hello");
	}

	@Test
	void whatAFilterHasBoundIsCarriedAlongToHandlersAndListeners() {
		for (String path : List.of("/tenants", "/files")) {
			String location = create(path, title("x"));
			try (RawConnection connection = RawConnection.to(server.port())) {
				connection
					.request("PATCH " + location + " HTTP/1.1", "Host: localhost", "X-Tenant: acme",
							"Tus-Resumable: 1.0.0", "Upload-Offset: 0", BYTES, "Content-Length: 5")
					.send("hel");
				await().until(() -> server.bean(TusUploads.class)
					.find(UploadId.of(location.substring(path.length() + 1)))
					.filter((upload) -> upload.offset() == 3)
					.isPresent());
				assertThat(connection.send("lo").read().text()).isEqualTo("acme");
			}
		}
	}

	@Test
	void controllerGetsTheUploadOfItsPathAsAnArgument() {
		String location = create("/files", title("Report"));
		append(location);
		String id = location.substring("/files/".length());
		RawRequest request = RawRequest.of("GET", server.uri("/reports/" + id)).without("Tus-Resumable");
		assertThat(send(request).text()).isEqualTo("Report COMPLETED");
	}

	@Test
	void uploadThatDoesNotExistIsNotFound() {
		assertThat(send(RawRequest.of("GET", server.uri("/reports/unknown")).without("Tus-Resumable")).status())
			.isEqualTo(404);
		assertThat(send(RawRequest.of("GET", server.uri("/reports/..x")).without("Tus-Resumable")).status())
			.isEqualTo(404);
	}

	@Test
	void contentIsAtTheApplicationsDisposal() throws IOException {
		TusUploads uploads = server.bean(TusUploads.class);
		String location = create("/files", title("x"));
		append(location);
		UploadId id = UploadId.of(location.substring("/files/".length()));
		assertThat(uploads.find(id)).hasValueSatisfying((upload) -> {
			assertThat(upload.state()).isEqualTo(UploadState.COMPLETED);
			assertThat(upload.metadata().asMap()).isEqualTo(Map.of("title", "x"));
		});
		assertThat(uploads.open(id).getContentAsString(StandardCharsets.UTF_8)).isEqualTo("hello");
		assertThat(uploads.delete(id)).isTrue();
	}

	@Configuration(proxyBeanMethods = false)
	static class ApplicationConfiguration {

		@Bean
		Videos videos() {
			return new Videos(Path.of(System.getProperty("library")));
		}

		@Bean
		VideoController videoController(TusRequests tus, Videos videos) {
			return new VideoController(tus, videos);
		}

		@Bean
		BrokenController brokenController(TusRequests tus) {
			return new BrokenController(tus);
		}

		@Bean
		DropFilter dropFilter(TusRequests tus) {
			return new DropFilter(tus);
		}

		@Bean
		FilterRegistrationBean<BodyShieldFilter> shield() {
			FilterRegistrationBean<BodyShieldFilter> registration = new FilterRegistrationBean<>(
					new BodyShieldFilter((request) -> request.getRequestURI().startsWith("/drop")));
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 20);
			return registration;
		}

		@Bean
		Filter reader() {
			return (request, response, chain) -> {
				if (((HttpServletRequest) request).getHeader("X-Reader") != null) {
					request.getReader();
				}
				chain.doFilter(request, response);
			};
		}

		@Bean
		Filter tenants() {
			return (request, response, chain) -> {
				Tenants.set(((HttpServletRequest) request).getHeader("X-Tenant"));
				try {
					chain.doFilter(request, response);
				}
				finally {
					Tenants.set(null);
				}
			};
		}

		@Bean
		SenderContext tenant() {
			return () -> {
				String tenant = Tenants.get();
				return () -> {
					String before = Tenants.get();
					Tenants.set(tenant);
					return () -> Tenants.set(before);
				};
			};
		}

		@Bean
		TenantController tenantController() {
			return new TenantController();
		}

		@Bean
		NoteController noteController() {
			return new NoteController();
		}

		@Bean
		DocumentController documentController() {
			return new DocumentController();
		}

		@Bean
		ImportController importController(Videos videos) {
			return new ImportController(videos.directory());
		}

		@Bean
		ReportController reportController() {
			return new ReportController();
		}

	}

	static final class Videos {

		private final Path directory;

		private boolean failed;

		Videos(Path directory) {
			this.directory = directory;
		}

		Path directory() {
			return this.directory;
		}

		void check(String title) {
			if ("forbidden".equals(title)) {
				throw new UploadRejectedException(422, "Not that one");
			}
			if ("flaky".equals(title) && !this.failed) {
				this.failed = true;
				throw new IllegalStateException("not yet");
			}
		}

	}

	@RestController
	static class BrokenController {

		private final TusRequests tus;

		BrokenController(TusRequests tus) {
			this.tus = tus;
		}

		@RequestMapping({ "/broken", "/broken/{id}" })
		void broken(HttpServletRequest request, HttpServletResponse response) {
			this.tus.handle(request, response, "/broken", (finished) -> {
				throw new NoClassDefFoundError("broken");
			});
		}

	}

	@RestController
	static class VideoController {

		private final TusRequests tus;

		private final Videos videos;

		VideoController(TusRequests tus, Videos videos) {
			this.tus = tus;
			this.videos = videos;
		}

		@RequestMapping({ "/videos", "/videos/{id}" })
		void videos(HttpServletRequest request, HttpServletResponse response) {
			this.tus.handle(request, response, "/videos", (finished) -> {
				String title = finished.upload().metadata().get("title");
				this.videos.check(title);
				finished.moveTo(this.videos.directory());
				finished.answer().body("text/plain", "Thank you for " + title);
			});
		}

	}

	@Component
	static class DropFilter extends OncePerRequestFilter {

		private final TusRequests tus;

		DropFilter(TusRequests tus) {
			this.tus = tus;
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String path = request.getServletPath();
			boolean below = path.equals("/drop") || path.startsWith("/drop/");
			if (!below || !this.tus.matches(request)) {
				chain.doFilter(request, response);
				return;
			}
			this.tus.handle(request, response, "/drop", (finished) -> {
				Path file = finished.path().orElseThrow();
				finished.answer().body("text/plain", Files.size(file) + " bytes dropped");
				finished.delete();
			});
		}

	}

	private static final class Tenants {

		private static final ThreadLocal<@Nullable String> CURRENT = new ThreadLocal<>();

		private Tenants() {
		}

		static @Nullable String get() {
			return CURRENT.get();
		}

		static void set(@Nullable String tenant) {
			CURRENT.set(tenant);
		}

	}

	@RestController
	static class TenantController {

		@PostMapping("/tenants")
		@Nullable String create(@RequestBody String content) {
			return Tenants.get();
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			String tenant = Tenants.get();
			if (tenant != null) {
				event.answer().body("text/plain", tenant);
			}
		}

	}

	@RestController
	static class NoteController {

		@PostMapping("/notes")
		String create(@RequestBody String note, UploadMetadata metadata, @TusUpload(required = false) Upload upload) {
			return metadata.get("title") + ": " + note + " (" + ((upload != null) ? upload.id() : "no upload") + ")";
		}

	}

	@RestController
	static class ReportController {

		@GetMapping("/reports/{report}")
		String report(@TusUpload("report") Upload upload) {
			return upload.metadata().get("title") + " " + upload.state();
		}

	}

	@RestController
	static class DocumentController {

		@PostMapping("/documents")
		Map<String, Object> create(InputStream content, @RequestHeader HttpHeaders headers) throws IOException {
			String filename = headers.getContentDisposition().getFilename();
			long size = content.transferTo(OutputStream.nullOutputStream());
			return new TreeMap<>(Map.of("filename", (filename != null) ? filename : "unnamed", "size", size));
		}

	}

	@RestController
	static class ImportController {

		private final Path library;

		ImportController(Path library) {
			this.library = library;
		}

		@PostMapping("/imports")
		void take(@RequestAttribute(TusAttributes.LOCATION) Path file, @TusUpload Upload upload) throws IOException {
			Files.move(file, this.library.resolve("import-" + upload.id()));
		}

	}

}
