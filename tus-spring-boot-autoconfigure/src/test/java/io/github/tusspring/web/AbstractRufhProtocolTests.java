package io.github.tusspring.web;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;

import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Resumable Uploads for HTTP asks of a server, byte by byte over HTTP/1.1. Each
 * nested class is a section of draft -12 (version 9), and each name of a test begins with
 * the word of the rule, or with the version of the draft that has it.
 */
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(QuietLog.class)
abstract class AbstractRufhProtocolTests {

	private static final String PARTIAL = "Content-Type: application/partial-upload";

	private TestServer server;

	protected abstract TestServer.Builder builder();

	@BeforeAll
	void start() {
		this.server = builder().start();
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	private RawRequest to(int version, String method, String path) {
		return RawRequest.of(method, this.server.uri(path))
			.without("Tus-Resumable")
			.with("Upload-Draft-Interop-Version: " + version);
	}

	private RawRequest post(int version, boolean complete) {
		return to(version, "POST", "/files").with(completeness(version, complete));
	}

	private RawRequest patch(int version, String location, long offset, boolean complete) {
		RawRequest request = to(version, "PATCH", location).with(completeness(version, complete))
			.with("Upload-Offset: " + offset);
		return (version >= 6) ? request.with(PARTIAL) : request;
	}

	private static String completeness(int version, boolean complete) {
		return (version == 3) ? "Upload-Incomplete: " + (complete ? "?0" : "?1")
				: "Upload-Complete: " + (complete ? "?1" : "?0");
	}

	private static RawResponse expect(int status, RawResponse response) {
		assertThat(response.status()).as("%s", response).isEqualTo(status);
		return response;
	}

	private String create(int version, String... headers) {
		RawRequest request = post(version, false).with("Content-Length: 0");
		for (String header : headers) {
			request.with(header);
		}
		return location(expect(201, request.send()));
	}

	private static String location(RawResponse response) {
		String location = response.header("Location");
		assertThat(location).as("%s", response).startsWith("/files/");
		return location;
	}

	private RawResponse head(int version, String location) {
		return to(version, "HEAD", location).send();
	}

	private void assertOffset(String location, long offset) {
		assertThat(head(9, location).header("Upload-Offset")).isEqualTo(Long.toString(offset));
	}

	private String stored(String location) throws Exception {
		Path file = this.server.directory().resolve(location.substring("/files/".length()));
		return Files.readString(file);
	}

	@Nested
	class UploadCreation {

		@Test
		void shouldAnnounceTheUploadBy104WithLocationAndLimits() {
			RawResponse response = post(9, true).body("hello").send();
			assertThat(response.interim()).hasSize(1);
			RawResponse interim = response.interim().get(0);
			assertThat(interim.status()).isEqualTo(104);
			assertThat(interim.header("Location")).startsWith("/files/");
			assertThat(interim.header("Upload-Limit")).matches("max-age=\\d+");
			assertThat(interim.header("Upload-Draft-Interop-Version")).isEqualTo("9");
			assertThat(interim.header("Upload-Offset")).isNull();
			assertThat(response.status()).isEqualTo(204);
			assertThat(response.header("Upload-Complete")).isEqualTo("?1");
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
		}

		@Test
		void mustAnswerAnIncompleteOneWithLocationAndLimit() throws Exception {
			RawResponse response = expect(201, post(9, false).with("Upload-Length: 11").body("hello").send());
			assertThat(response.header("Upload-Complete")).isEqualTo("?0");
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(response.header("Upload-Length")).isEqualTo("11");
			assertThat(response.header("Upload-Limit")).matches("max-age=\\d+");
			assertThat(response.header("Cache-Control")).isEqualTo("no-store");
			assertThat(response.header("Location")).isEqualTo(response.interim().get(0).header("Location"));
			assertThat(stored(location(response))).isEqualTo("hello");
		}

	}

	@Nested
	class UploadAppend {

		@ParameterizedTest
		@ValueSource(ints = { 3, 5, 6, 8, 9, 10 })
		void appendsAndCompletes(int version) throws Exception {
			String location = create(version);
			RawResponse appended = patch(version, location, 0, false).body("hello ").send();
			expect((version <= 6) ? 201 : 204, appended);
			RawResponse completed = expect(204, patch(version, location, 6, true).body("world").send());
			assertThat(completed.header((version == 3) ? "Upload-Incomplete" : "Upload-Complete"))
				.isEqualTo((version == 3) ? "?0" : "?1");
			assertThat(stored(location)).isEqualTo("hello world");
			RawResponse head = expect(204, head(version, location));
			assertThat(head.header("Upload-Offset")).isEqualTo("11");
		}

		@Test
		void mustRefuseAnotherOffsetWith409() {
			String location = create(9);
			RawResponse response = expect(409, patch(9, location, 5, false).body("hello").send());
			assertThat(response.header("Upload-Offset")).isEqualTo("0");
			assertThat(response.header("Upload-Complete")).isEqualTo("?0");
			assertThat(response.header("Content-Type")).isEqualTo("application/problem+json");
			assertThat(response.text()).contains(
					"\"https://iana.org/assignments/http-problem-types#mismatching-upload-offset\"",
					"\"expected-offset\":0", "\"provided-offset\":5");
		}

	}

}
