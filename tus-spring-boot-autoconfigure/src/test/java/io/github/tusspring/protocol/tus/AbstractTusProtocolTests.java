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

package io.github.tusspring.protocol.tus;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * What tus 1.0.0 asks of a server, byte by byte over HTTP/1.1. Each server that we have
 * an adapter for has a class that extends this one.
 */
@ExtendWith(QuietLog.class)
public abstract class AbstractTusProtocolTests {

	private static final String BYTES = "Content-Type: application/offset+octet-stream";

	/**
	 * Returns the server to be tested.
	 */
	protected abstract TusTarget target();

	protected RawRequest post() {
		return RawRequest.of("POST", target().creation());
	}

	protected RawRequest to(String method, String id) {
		return RawRequest.of(method, URI.create(target().creation() + "/" + id));
	}

	private RawRequest patch(String id, long offset) {
		return to("PATCH", id).with(BYTES).with("Upload-Offset: " + offset);
	}

	/**
	 * Sends a request and checks what every answer has to have.
	 */
	protected RawResponse send(RawRequest request) {
		return checked(request.send());
	}

	private static RawResponse checked(RawResponse response) {
		assertThat(response.headers("Tus-Resumable")).as("%s", response).containsExactly("1.0.0");
		assertThat(response.headers("Cache-Control")).as("%s", response).containsExactly("no-store");
		assertThat(response.headers("X-Content-Type-Options")).as("%s", response).containsExactly("nosniff");
		return response;
	}

	private RawResponse send(RawRequest request, int status) {
		RawResponse response = send(request);
		assertThat(response.status()).as("%s", response).isEqualTo(status);
		return response;
	}

	protected String create(String... headers) {
		RawRequest request = post().with("Content-Length: 0");
		for (String header : headers) {
			request.with(header);
		}
		return id(send(request, 201));
	}

	protected static String id(RawResponse created) {
		String location = created.header("Location");
		assertThat(location).isNotNull();
		return location.substring(location.lastIndexOf('/') + 1);
	}

	private RawResponse inspect(String id) {
		return send(to("HEAD", id), 200);
	}

	protected void assertOffset(String id, long offset) {
		assertThat(inspect(id).header("Upload-Offset")).isEqualTo(Long.toString(offset));
	}

	protected void assertStored(String id, String content) {
		assertThat(target().stored(id)).asString(StandardCharsets.UTF_8).isEqualTo(content);
	}

	private static String base64(byte[] bytes) {
		return Base64.getEncoder().encodeToString(bytes);
	}

	private static String base64(String text) {
		return base64(text.getBytes(StandardCharsets.UTF_8));
	}

	@Nested
	class Version {

		@ParameterizedTest
		@ValueSource(strings = { "POST", "HEAD", "PATCH", "DELETE" })
		void isRefusedWith412WhenItIsMissing(String method) {
			String id = create("Upload-Length: 5");
			RawRequest request = method.equals("POST") ? post().with("Upload-Length: 5").with("Content-Length: 0")
					: patchable(method, id);
			RawResponse response = send(request.without("Tus-Resumable"), 412);
			assertThat(response.header("Tus-Version")).isEqualTo("1.0.0");
			assertOffset(id, 0);
		}

		@ParameterizedTest
		@ValueSource(strings = { "0.2.2", "1.0", "1.0.1", "1", "2.0.0", "v1.0.0", "\"1.0.0\"", "1.0.0 x", "" })
		void isRefusedWith412WhenItIsAnother(String version) {
			String id = create("Upload-Length: 5");
			for (String method : List.of("HEAD", "PATCH", "DELETE")) {
				RawRequest request = patchable(method, id).without("Tus-Resumable").with("Tus-Resumable: " + version);
				assertThat(send(request, 412).header("Tus-Version")).isEqualTo("1.0.0");
			}
			assertOffset(id, 0);
		}

		@Test
		void isRefusedWith412WhenTwoAreSent() {
			send(to("HEAD", create("Upload-Length: 5")).with("Tus-Resumable: 0.2.2"), 412);
		}

		@Test
		void isNotLookedAtInOptions() {
			RawRequest request = RawRequest.of("OPTIONS", target().creation());
			send(request.without("Tus-Resumable").with("Tus-Resumable: 7.7.7"), 204);
		}

		@Test
		void comesBeforeWhetherTheUploadExists() {
			send(to("HEAD", "nothing").without("Tus-Resumable"), 412);
		}

		private RawRequest patchable(String method, String id) {
			RawRequest request = to(method, id);
			return method.equals("PATCH") ? request.with(BYTES).with("Upload-Offset: 0").body("hello") : request;
		}

	}

	@Nested
	class Options {

		@Test
		void tellsWhatTheServerCanDo() {
			RawResponse response = send(RawRequest.of("OPTIONS", target().creation()).without("Tus-Resumable"), 204);
			assertThat(response.header("Tus-Version")).isEqualTo("1.0.0");
			assertThat(response.header("Tus-Extension").split(",")).containsExactlyInAnyOrder("creation",
					"creation-with-upload", "creation-defer-length", "expiration", "checksum", "checksum-trailer",
					"termination", "concatenation", "concatenation-unfinished");
			assertThat(response.header("Tus-Checksum-Algorithm").split(",")).containsExactlyInAnyOrder("sha1", "sha256",
					"sha512", "md5", "crc32", "crc32c");
			assertThat(response.header("Tus-Max-Size")).isNull();
			assertThat(response.header("Allow").split(", *")).containsExactlyInAnyOrder("OPTIONS", "POST");
		}

		@Test
		void tellsWhatCanBeDoneWithAnUpload() {
			RawResponse response = send(to("OPTIONS", create("Upload-Length: 5")), 204);
			assertThat(response.header("Allow").split(", *")).containsExactlyInAnyOrder("OPTIONS", "HEAD", "PATCH",
					"DELETE");
			assertThat(response.header("Tus-Version")).isEqualTo("1.0.0");
		}

		@Test
		void hasNoBody() {
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				RawRequest options = RawRequest.of("OPTIONS", target().creation());
				RawResponse first = options.on(connection).read();
				assertThat(first.header("Transfer-Encoding")).isNull();
				assertThat(options.on(connection).read().status()).isEqualTo(204);
			}
		}

	}

	@Nested
	class Methods {

		@ParameterizedTest
		@ValueSource(strings = { "POST", "PUT", "FOO", "PROPFIND", "patch", "head", "get" })
		void otherThanThoseOfAnUploadAreRefusedWith405(String method) {
			String id = create("Upload-Length: 5");
			RawResponse response = send(to(method, id).with("Content-Length: 0"), 405);
			assertThat(response.header("Allow").split(", *")).containsExactlyInAnyOrder("OPTIONS", "HEAD", "PATCH",
					"DELETE");
		}

		@ParameterizedTest
		@ValueSource(strings = { "GET", "HEAD", "PUT", "PATCH", "DELETE", "FOO", "post" })
		void otherThanThoseOfTheCreationUrlAreRefusedWith405(String method) {
			RawResponse response = send(RawRequest.of(method, target().creation()).with("Content-Length: 0"), 405);
			assertThat(response.header("Allow").split(", *")).containsExactlyInAnyOrder("OPTIONS", "POST");
		}

		@Test
		void traceEchoesNothing() {
			String id = create("Upload-Length: 5");
			for (RawRequest trace : List.of(to("TRACE", id), to("TRACE", id).without("Tus-Resumable"),
					RawRequest.of("TRACE", target().creation()).without("Tus-Resumable"))) {
				RawResponse response = trace.with("Authorization: Basic c2VjcmV0").send();
				assertThat(response.status()).isIn(405, 412);
				assertThat(response.toString()).doesNotContain("c2VjcmV0");
			}
		}

		@Test
		void getByATusClientIsAnsweredAsHeadIs() {
			String id = create("Upload-Length: 5", "Upload-Metadata: name YQ==");
			send(patch(id, 0).body("he"), 204);
			RawResponse head = send(to("HEAD", id), 200);
			RawResponse get = send(to("GET", id), 200);
			assertThat(get.body()).isEmpty();
			for (String name : List.of("Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Expires",
					"Cache-Control")) {
				assertThat(get.header(name)).as(name).isNotNull().isEqualTo(head.header(name));
			}
			send(to("GET", id).without("Tus-Resumable"), 412);
		}

		@Test
		void getOnAnUploadThatIsGoneIs404() {
			String id = create("Upload-Length: 5");
			send(to("DELETE", id), 204);
			send(to("GET", id).without("Tus-Resumable"), 404);
			send(to("GET", id), 404);
		}

		@Test
		void canBeOverridden() {
			String id = create("Upload-Length: 5");
			RawRequest patch = RawRequest.of("POST", URI.create(target().creation() + "/" + id))
				.with("X-HTTP-Method-Override: PATCH")
				.with(BYTES)
				.with("Upload-Offset: 0")
				.body("hello");
			assertThat(send(patch, 204).header("Upload-Offset")).isEqualTo("5");
			assertStored(id, "hello");
			send(to("POST", id).with("X-HTTP-Method-Override: DELETE").with("Content-Length: 0"), 204);
			send(to("HEAD", id), 404);
		}

		@ParameterizedTest
		@ValueSource(strings = { "OPTIONS", "GET", "PUT", "HEAD", "PATCH", "DELETE" })
		void canBeOverriddenOnPostOnly(String method) {
			RawRequest create = RawRequest.of(method, target().creation())
				.with("X-HTTP-Method-Override: POST")
				.with("Upload-Length: 5");
			assertThat(create.send().header("Location")).isNull();
			String id = create("Upload-Length: 5");
			RawRequest patch = RawRequest.of(method, URI.create(target().creation() + "/" + id))
				.with("X-HTTP-Method-Override: DELETE");
			if (!method.equals("DELETE")) {
				assertThat(patch.send().status()).isNotEqualTo(404);
				assertOffset(id, 0);
			}
		}

		@Test
		void canBeOverriddenByHead() {
			String id = create("Upload-Length: 5");
			RawResponse response = send(to("POST", id).with("X-HTTP-Method-Override: HEAD").with("Content-Length: 0"),
					200);
			assertThat(response.header("Upload-Offset")).isEqualTo("0");
			assertThat(response.body()).isEmpty();
		}

		@ParameterizedTest
		@ValueSource(strings = { "delete", "Delete", "  DELETE  " })
		void canBeOverriddenInAnyCase(String override) {
			String id = create("Upload-Length: 5");
			send(to("POST", id).with("X-HTTP-Method-Override: " + override).with("Content-Length: 0"), 204);
			send(to("HEAD", id), 404);
		}

		@ParameterizedTest
		@ValueSource(strings = { "FOO", "PUT", "GET", "OPTIONS", "TRACE", "PATCH,DELETE", "P A T C H", "PATCHÿ" })
		void canNotBeOverriddenByOtherOnes(String override) {
			String id = create("Upload-Length: 5");
			RawResponse response = send(
					to("POST", id).with("X-HTTP-Method-Override: " + override).with("Content-Length: 0"), 405);
			assertThat(response.header("Allow")).isNotNull();
			assertOffset(id, 0);
		}

		@Test
		void thatAreOverriddenNeedTheVersion() {
			String id = create("Upload-Length: 5");
			send(to("POST", id).without("Tus-Resumable")
				.with("X-HTTP-Method-Override: DELETE")
				.with("Content-Length: 0"), 412);
			assertOffset(id, 0);
		}

	}

	@Nested
	class Head {

		@Test
		void tellsOffsetAndLength() {
			String id = create("Upload-Length: 11");
			send(patch(id, 0).body("hello"), 204);
			RawResponse response = inspect(id);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(response.header("Upload-Length")).isEqualTo("11");
			assertThat(response.headers("Upload-Defer-Length")).isEmpty();
			assertThat(response.headers("Upload-Concat")).isEmpty();
			assertThat(response.headers("Upload-Metadata")).isEmpty();
		}

		@Test
		void tellsAnOffsetOfZero() {
			assertOffset(create("Upload-Length: 11"), 0);
		}

		@Test
		void tellsTheOffsetOfAFinishedUpload() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).body("hello"), 204);
			RawResponse response = inspect(id);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(response.header("Upload-Length")).isEqualTo("5");
		}

		@Test
		void ofAnUnknownUploadIs404WithoutOffset() {
			assertThat(send(to("HEAD", "0123456789abcdef0123456789abcdef"), 404).headers("Upload-Offset")).isEmpty();
		}

		@Test
		void takesNoNoticeOfAQueryString() {
			String id = create("Upload-Length: 5");
			assertThat(send(to("HEAD", id + "?a=b&c=/../x"), 200).header("Upload-Offset")).isEqualTo("0");
		}

		@Test
		void doesNotMindABody() {
			String id = create("Upload-Length: 5");
			send(to("HEAD", id).body("hello"), 200);
			assertOffset(id, 0);
		}

		@Test
		void doesNotMindOtherHeaders() {
			String id = create("Upload-Length: 5");
			send(to("HEAD", id).with("Upload-Concat: partial")
				.with("Upload-Offset: x")
				.with("Upload-Length: y")
				.with("Upload-Metadata: ,,"), 200);
		}

	}

	@Nested
	class Ids {

		@ParameterizedTest
		@ValueSource(strings = { "..", "%2e%2e", ".", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5cx", "%00", "a%00b",
				"a%0ab", "a%0d%0aX: y", "%c3%a9", "%ff", "%e2%80%ae", "a.info", ".info", "a%20b", "%20", "a/b", "a//b",
				"%", "%zz", "a%", ";a=b", "..;/x", "*", "con", "a:b", "%3f", "%23", "~", "a%2fb", "%252e%252e", "{id}",
				"%7bid%7d", "${jndi:x}" })
		void ofAnyShapeAreNotFoundOrRefused(String id) {
			long before = target().count();
			for (String method : List.of("HEAD", "DELETE", "PATCH")) {
				String path = target().creation().getRawPath() + "/" + id;
				RawRequest request = to(method, "x").target(path)
					.with(BYTES)
					.with("Upload-Offset: 0")
					.with("Content-Length: 0");
				RawResponse response = request.send();
				assertThat(response.status()).as("%s", response).isIn(400, 404, 405);
				if (response.status() != 400) {
					checked(response);
				}
			}
			assertThat(target().count()).isEqualTo(before);
		}

		@ParameterizedTest
		@ValueSource(ints = { 128, 129, 255, 256, 4000 })
		void ofAnyLengthAreNotFound(int length) {
			send(to("HEAD", "a".repeat(length)), 404);
		}

		@Test
		void ofTenKilobytesAreRefused() {
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				RawResponse response = to("HEAD", "a".repeat(10 * 1024)).on(connection).read();
				assertThat(response.status()).isIn(400, 404, 414, 431);
			}
		}

		@Test
		void doNotHaveTheNameOfAnotherFile() {
			String id = create("Upload-Length: 5");
			send(to("HEAD", id + ".info"), 404);
			send(to("DELETE", id + ".info"), 404);
			assertOffset(id, 0);
		}

	}

	@Nested
	class Patch {

		@Test
		void appendsAndTellsTheNewOffset() {
			String id = create("Upload-Length: 11");
			assertThat(send(patch(id, 0).body("hello"), 204).header("Upload-Offset")).isEqualTo("5");
			assertThat(send(patch(id, 5).body(" world"), 204).header("Upload-Offset")).isEqualTo("11");
			assertStored(id, "hello world");
		}

		@Test
		void appendsChunks() {
			String id = create("Upload-Length: 11");
			assertThat(send(patch(id, 0).chunked("hel", "lo", " wor", "ld"), 204).header("Upload-Offset"))
				.isEqualTo("11");
			assertStored(id, "hello world");
		}

		@Test
		void appendsNothing() {
			String id = create("Upload-Length: 11");
			assertThat(send(patch(id, 0).with("Content-Length: 0"), 204).header("Upload-Offset")).isEqualTo("0");
			assertThat(send(patch(id, 0).chunked(), 204).header("Upload-Offset")).isEqualTo("0");
			assertThat(send(patch(id, 0), 204).header("Upload-Offset")).isEqualTo("0");
		}

		@ParameterizedTest
		@ValueSource(strings = { "text/plain", "application/octet-stream", "application/x-www-form-urlencoded",
				"multipart/form-data; boundary=x", "application/offset+octet-stream2", "application/offset", "", ";",
				"application/json" })
		void ofAnotherContentTypeIs415(String contentType) {
			String id = create("Upload-Length: 5");
			send(to("PATCH", id).with("Content-Type: " + contentType).with("Upload-Offset: 0").body("hello"), 415);
			assertOffset(id, 0);
		}

		@Test
		void withoutContentTypeIs415() {
			String id = create("Upload-Length: 5");
			send(to("PATCH", id).with("Upload-Offset: 0").body("hello"), 415);
			assertOffset(id, 0);
		}

		@ParameterizedTest
		@ValueSource(strings = { "Application/Offset+Octet-Stream", "application/offset+octet-stream;charset=utf-8",
				"application/offset+octet-stream ; x=y" })
		void takesTheContentTypeAsHttpDoes(String contentType) {
			String id = create("Upload-Length: 5");
			send(to("PATCH", id).with("Content-Type: " + contentType).with("Upload-Offset: 0").body("hello"), 204);
			assertStored(id, "hello");
		}

		@Test
		void withoutOffsetIs400() {
			String id = create("Upload-Length: 5");
			send(to("PATCH", id).with(BYTES).body("hello"), 400);
			assertOffset(id, 0);
		}

		@NoSizes
		void withAMalformedOffsetIs400(String offset) {
			String id = create("Upload-Length: 5");
			send(to("PATCH", id).with(BYTES).with("Upload-Offset: " + offset).body("hello"), 400);
			assertOffset(id, 0);
		}

		@Test
		void withTwoOffsetsIs400() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).with("Upload-Offset: 0").body("hello"), 400);
			assertOffset(id, 0);
		}

		@ParameterizedTest
		@ValueSource(strings = { "00", "0000000000000000000000000" })
		void takesLeadingZeros(String offset) {
			String id = create("Upload-Length: 5");
			send(to("PATCH", id).with(BYTES).with("Upload-Offset: " + offset).body("hello"), 204);
		}

		@ParameterizedTest
		@ValueSource(longs = { 0, 4, 6, 11, 12, Long.MAX_VALUE })
		void atAnotherOffsetIs409WithTheTrueOne(long offset) {
			String id = create("Upload-Length: 11");
			send(patch(id, 0).body("hello"), 204);
			RawResponse response = send(patch(id, offset).body("x"), 409);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertStored(id, "hello");
		}

		@Test
		void atAnotherOffsetOfAFinishedUploadIs409() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).body("hello"), 204);
			assertThat(send(patch(id, 0).body("hello"), 409).header("Upload-Offset")).isEqualTo("5");
			assertThat(send(patch(id, 0).chunked("hello"), 409).header("Upload-Offset")).isEqualTo("5");
			assertStored(id, "hello");
		}

		@Test
		void beyondTheLengthIs413BeforeAByteIsRead() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).body("hello!"), 413);
			assertOffset(id, 0);
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				RawResponse response = patch(id, 0).with("Content-Length: 1000000000").on(connection).read();
				assertThat(response.status()).isEqualTo(413);
			}
			assertOffset(id, 0);
		}

		@Test
		void beyondTheLengthInChunksIs413AndKeepsWhatFits() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).chunked("hel", "lo wo", "rld"), 413);
			assertStored(id, "hello");
			Awaitility.await().untilAsserted(() -> assertOffset(id, 5));
		}

		@Test
		void onAFinishedUploadWithoutBytesIs204() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).body("hello"), 204);
			assertThat(send(patch(id, 5).with("Content-Length: 0"), 204).header("Upload-Offset")).isEqualTo("5");
			assertThat(send(patch(id, 5).chunked(), 204).header("Upload-Offset")).isEqualTo("5");
		}

		@Test
		void onAFinishedUploadWithBytesIs413() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).body("hello"), 204);
			send(patch(id, 5).body("!"), 413);
			send(patch(id, 5).chunked("!"), 413);
			assertStored(id, "hello");
		}

		@Test
		void onAnUnknownUploadIs404() {
			send(patch("0123456789abcdef0123456789abcdef", 0).body("hello"), 404);
		}

		@Test
		void declaringTheSameLengthAgainIsRight() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).with("Upload-Length: 5").body("hello"), 204);
		}

		@Test
		void declaringAnotherLengthIs400() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).with("Upload-Length: 6").body("hello"), 400);
			assertOffset(id, 0);
		}

		@Test
		void doesNotMindTheConcatHeader() {
			String id = create("Upload-Length: 5", "Upload-Concat: partial");
			send(patch(id, 0).with("Upload-Concat: partial").body("hello"), 204);
		}

		@Test
		void keepsWhatCameBeforeTheConnectionBroke() {
			String id = create("Upload-Length: 11");
			RawConnection connection = RawConnection.to(target().creation().getPort());
			patch(id, 0).with("Content-Length: 11").on(connection).send("hello");
			awaitStored(id, "hello");
			connection.reset();
			send(patch(id, 5).body(" world"), 204);
			assertStored(id, "hello world");
		}

		@Test
		void keepsWhatCameBeforeAnEarlyEnd() {
			assumeTrue(target().keepsWhatCameBeforeAnEarlyEnd());
			String id = create("Upload-Length: 11");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				patch(id, 0).with("Content-Length: 11").on(connection).send("hello").halfClose();
				assertThat(connection.isClosedByPeer()).isTrue();
			}
			assertOffset(id, 5);
			assertStored(id, "hello");
		}

		@Test
		void isEndedByANewerOneAtTheTrueOffset() {
			String id = create("Upload-Length: 11");
			try (RawConnection silent = RawConnection.to(target().creation().getPort())) {
				patch(id, 0).with("Content-Length: 11").on(silent).send("hello");
				awaitStored(id, "hello");
				send(patch(id, 5).body(" world"), 204);
				assertThat(silent.read().status()).isEqualTo(423);
			}
			assertStored(id, "hello world");
		}

		@Test
		void isNotEndedByANewerOneAtAnotherOffset() {
			String id = create("Upload-Length: 11");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				patch(id, 0).with("Content-Length: 11").on(connection).send("hello");
				awaitStored(id, "hello");
				assertThat(send(patch(id, 0).body("hello"), 409).header("Upload-Offset")).isEqualTo("5");
				assertThat(connection.send(" world").read().status()).isEqualTo(204);
			}
			assertStored(id, "hello world");
		}

		@Test
		void showsItsProgress() {
			// On a busy machine an append may seem silent for so long that a look ends
			// it.
			Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
				String id = create("Upload-Length: 11");
				try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
					patch(id, 0).with("Content-Length: 11").on(connection).send("hello");
					awaitStored(id, "hello");
					assertOffset(id, 5);
					assertThat(connection.send(" world").read().status()).isEqualTo(204);
				}
			});
		}

	}

	private void awaitStored(String id, String content) {
		Awaitility.await().untilAsserted(() -> assertStored(id, content));
	}

	@Nested
	class Creation {

		@Test
		void answersWithLocationAndOffset() {
			RawResponse response = send(post().with("Upload-Length: 100").with("Content-Length: 0"), 201);
			assertThat(response.header("Upload-Offset")).isEqualTo("0");
			String location = response.header("Location");
			URI resolved = target().creation().resolve(location);
			assertThat(resolved.getPath()).isEqualTo(target().creation().getPath() + "/" + id(response));
			assertThat(send(RawRequest.of("HEAD", resolved), 200).header("Upload-Length")).isEqualTo("100");
		}

		@Test
		void takesATrailingSlash() {
			URI uri = URI.create(target().creation() + "/");
			RawResponse response = send(RawRequest.of("POST", uri).with("Upload-Length: 5").with("Content-Length: 0"),
					201);
			assertOffset(id(response), 0);
			assertThat(response.header("Location")).doesNotContain("//" + id(response));
		}

		@Test
		void takesNoNoticeOfAQueryString() {
			URI uri = URI.create(target().creation() + "?token=x");
			RawResponse response = send(RawRequest.of("POST", uri).with("Upload-Length: 5").with("Content-Length: 0"),
					201);
			assertThat(response.header("Location")).endsWith("/" + id(response)).doesNotContain("?");
		}

		@Test
		void withoutContentLengthHasNoBody() {
			send(post().with("Upload-Length: 5"), 201);
		}

		@Test
		void ofAnEmptyFileIsFinishedAtOnce() {
			RawResponse response = send(post().with("Upload-Length: 0").with("Content-Length: 0"), 201);
			assertThat(response.header("Upload-Offset")).isEqualTo("0");
			assertThat(response.headers("Upload-Expires")).isEmpty();
			RawResponse inspected = inspect(id(response));
			assertThat(inspected.header("Upload-Offset")).isEqualTo("0");
			assertThat(inspected.header("Upload-Length")).isEqualTo("0");
			assertStored(id(response), "");
		}

		@ParameterizedTest
		@ValueSource(strings = { "3000000000", "0003000000000" })
		void takesAnyLength(String length) {
			String id = create("Upload-Length: " + length);
			assertThat(inspect(id).header("Upload-Length")).isEqualTo("3000000000");
		}

		@ParameterizedTest
		@ValueSource(strings = { "9223372036854775807", "0009223372036854775807" })
		void ofMoreThanTheStorageCanHoldIs413(String length) {
			long before = target().count();
			send(post().with("Upload-Length: " + length).with("Content-Length: 0"), 413);
			assertThat(target().count()).isEqualTo(before);
			String id = create("Upload-Defer-Length: 1");
			send(patch(id, 0).with("Upload-Length: " + length).with("Content-Length: 0"), 413);
			assertThat(inspect(id).header("Upload-Length")).isNull();
		}

		@NoSizes
		void withAMalformedLengthIs400(String length) {
			long before = target().count();
			send(post().with("Upload-Length: " + length).with("Content-Length: 0"), 400);
			assertThat(target().count()).isEqualTo(before);
		}

		@Test
		void withTwoLengthsIs400() {
			send(post().with("Upload-Length: 5").with("Upload-Length: 5").with("Content-Length: 0"), 400);
		}

		@Test
		void withoutLengthIs400() {
			send(post().with("Content-Length: 0"), 400);
		}

		@Test
		void withLengthAndDeferredLengthIs400() {
			send(post().with("Upload-Length: 5").with("Upload-Defer-Length: 1").with("Content-Length: 0"), 400);
		}

		@Test
		void hasIdsThatCanNotBeGuessed() {
			String first = create("Upload-Length: 5");
			String second = create("Upload-Length: 5");
			assertThat(first).isNotEqualTo(second).hasSizeGreaterThanOrEqualTo(22);
		}

	}

	@Nested
	class Metadata {

		@ParameterizedTest
		@ValueSource(strings = { "filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential",
				"is_confidential,filename d29ybGQ=", "a ,b", "a", "a YQ==", "a YQ==, b Yg==", "a YQ==,b Yg==,c",
				"!#$%&'*+-.^_`|~ YQ==", "filename\u0021 YQ==", "a /+8=", "sépare YQ==", "A YQ==,a Yg==",
				"filename 8J+YgA==", "b AAAA" })
		void isGivenBackAsItWasSent(String metadata) {
			RawRequest request = post().with("Upload-Length: 5")
				.with("Content-Length: 0")
				.with("Upload-Metadata: " + metadata);
			if (!StandardCharsets.US_ASCII.newEncoder().canEncode(metadata)) {
				send(request, 400);
				return;
			}
			assertThat(inspect(id(send(request, 201))).header("Upload-Metadata")).isEqualTo(metadata);
		}

		@ParameterizedTest
		@ValueSource(strings = { "a YQ==,a Yg==", "a,a", ",", "a YQ==,", ",a YQ==", "a YQ==,,b Yg==", "a  YQ==", " , ",
				"a YQ==  b", "a Y Q", "a !!!!", "a YQ", "a YQ=", "a Y===", "a -_==", "a YQ==;b", "a\tYQ==",
				"a YQ==\u0001", "a\u007f YQ==", "é YQ==", "a é" })
		void isRefusedWhenItIsMalformed(String metadata) {
			long before = target().count();
			RawResponse response = post().with("Upload-Length: 5")
				.with("Content-Length: 0")
				.with("Upload-Metadata: " + metadata)
				.send();
			assertThat(response.status()).isEqualTo(400);
			assertThat(target().count()).isEqualTo(before);
		}

		@Test
		void mayComeInSeveralLines() {
			String id = create("Upload-Length: 5", "Upload-Metadata: a YQ==", "Upload-Metadata: b Yg==");
			assertThat(inspect(id).header("Upload-Metadata")).matches("a YQ==, ?b Yg==");
		}

		@Test
		void canNotSmuggleHeaders() {
			String id = create("Upload-Length: 5",
					"Upload-Metadata: filename " + base64("x\r\nSet-Cookie: a=b\r\n\r\n"));
			RawResponse response = inspect(id);
			assertThat(response.headers("Set-Cookie")).isEmpty();
		}

		@ParameterizedTest
		@ValueSource(ints = { 2000, 5000, 7000, 7500, 7800, 8000, 60 * 1024, 1024 * 1024 })
		void ofAnyLengthIsTakenAndGivenBackOrRefused(int length) {
			String metadata = "filename " + base64("x".repeat(length / 4 * 3));
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				RawResponse response;
				try {
					response = post().with("Upload-Length: 5")
						.with("Content-Length: 0")
						.with("Upload-Metadata: " + metadata)
						.on(connection)
						.read();
				}
				catch (java.io.UncheckedIOException ex) {
					// What is a megabyte too long may be cut off.
					assertThat(length).isGreaterThan(8000);
					return;
				}
				if (response.status() == 201) {
					assertThat(inspect(id(response)).header("Upload-Metadata")).isEqualTo(metadata);
				}
				else {
					assertThat(response.status()).isIn(400, 413, 431);
					assertThat(length).isGreaterThan(7000);
				}
			}
		}

	}

	@Nested
	class CreationWithUpload {

		@Test
		void appendsTheBody() {
			RawResponse response = send(post().with("Upload-Length: 11").with(BYTES).body("hello"), 201);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(response.header("Upload-Expires")).isNotNull();
			String id = id(response);
			send(patch(id, 5).body(" world"), 204);
			assertStored(id, "hello world");
		}

		@Test
		void finishesTheUpload() {
			RawResponse response = send(post().with("Upload-Length: 5").with(BYTES).body("hello"), 201);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(response.headers("Upload-Expires")).isEmpty();
			assertStored(id(response), "hello");
		}

		@Test
		void appendsChunks() {
			RawResponse response = send(post().with("Upload-Length: 5").with(BYTES).chunked("he", "llo"), 201);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertStored(id(response), "hello");
		}

		@Test
		void takesAnEmptyBody() {
			assertThat(send(post().with("Upload-Length: 5").with(BYTES).with("Content-Length: 0"), 201)
				.header("Upload-Offset")).isEqualTo("0");
			assertThat(send(post().with("Upload-Length: 5").with(BYTES).chunked(), 201).header("Upload-Offset"))
				.isEqualTo("0");
			assertThat(send(post().with("Upload-Length: 0").with(BYTES).chunked(), 201).header("Upload-Offset"))
				.isEqualTo("0");
		}

		@ParameterizedTest
		@ValueSource(strings = { "text/plain", "application/octet-stream", "application/x-www-form-urlencoded",
				"multipart/form-data; boundary=x", "multipart/form-data" })
		void ignoresABodyOfAnotherType(String contentType) {
			RawResponse response = send(
					post().with("Upload-Length: 5").with("Content-Type: " + contentType).body("a=b&c=defg"), 201);
			assertThat(response.header("Upload-Offset")).isEqualTo("0");
			assertStored(id(response), "");
		}

		@Test
		void ignoresABodyWithoutType() {
			assertThat(send(post().with("Upload-Length: 5").body("hello"), 201).header("Upload-Offset")).isEqualTo("0");
		}

		@Test
		void withMoreThanTheLengthIs413AndLeavesNothing() {
			long before = target().count();
			send(post().with("Upload-Length: 5").with(BYTES).body("hello!"), 413);
			send(post().with("Upload-Length: 5").with(BYTES).chunked("hel", "lo!"), 413);
			send(post().with("Upload-Length: 0").with(BYTES).body("h"), 413);
			assertThat(target().count()).isEqualTo(before);
		}

		@Test
		void withMoreThanAnEmptyUploadInChunksIs413AndLeavesNothing() {
			long before = target().count();
			send(post().with("Upload-Length: 0").with(BYTES).chunked("hello"), 413);
			assertThat(target().count()).isEqualTo(before);
		}

		@Test
		void verifiesAChecksum() {
			String checksum = "Upload-Checksum: " + checksum("sha1", "hello");
			send(post().with("Upload-Length: 5").with(BYTES).with(checksum).body("hello"), 201);
			long before = target().count();
			send(post().with("Upload-Length: 5").with(BYTES).with(checksum).body("hallo"), 460);
			assertThat(target().count()).isEqualTo(before);
		}

		@Test
		void takesADeferredLength() {
			RawResponse response = send(post().with("Upload-Defer-Length: 1").with(BYTES).body("hello"), 201);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			RawResponse inspected = inspect(id(response));
			assertThat(inspected.header("Upload-Defer-Length")).isEqualTo("1");
			assertThat(inspected.header("Upload-Offset")).isEqualTo("5");
		}

		@Test
		void takesAPartialUpload() {
			RawResponse response = send(
					post().with("Upload-Length: 5").with("Upload-Concat: partial").with(BYTES).body("hello"), 201);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
		}

	}

	@Nested
	class CreationDeferLength {

		@Test
		void isToldUntilTheLengthIsKnown() {
			String id = create("Upload-Defer-Length: 1");
			RawResponse response = inspect(id);
			assertThat(response.header("Upload-Defer-Length")).isEqualTo("1");
			assertThat(response.headers("Upload-Length")).isEmpty();
			send(patch(id, 0).body("hello"), 204);
			assertThat(inspect(id).header("Upload-Defer-Length")).isEqualTo("1");
			send(patch(id, 5).with("Upload-Length: 11").body(" wor"), 204);
			response = inspect(id);
			assertThat(response.headers("Upload-Defer-Length")).isEmpty();
			assertThat(response.header("Upload-Length")).isEqualTo("11");
			send(patch(id, 9).body("ld"), 204);
			assertStored(id, "hello world");
		}

		@Test
		void endsWithAnEmptyPatch() {
			String id = create("Upload-Defer-Length: 1");
			send(patch(id, 0).body("hello"), 204);
			RawResponse response = send(patch(id, 5).with("Upload-Length: 5").with("Content-Length: 0"), 204);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			assertThat(response.headers("Upload-Expires")).isEmpty();
			assertThat(inspect(id).header("Upload-Length")).isEqualTo("5");
		}

		@Test
		void mayBeZero() {
			String id = create("Upload-Defer-Length: 1");
			send(patch(id, 0).with("Upload-Length: 0").with("Content-Length: 0"), 204);
			assertThat(inspect(id).header("Upload-Length")).isEqualTo("0");
		}

		@ParameterizedTest
		@ValueSource(strings = { "0", "2", "", "01", "true", "1.0", "+1", "-1", "1 1" })
		void withAnotherValueIs400(String value) {
			send(post().with("Upload-Defer-Length: " + value).with("Content-Length: 0"), 400);
			send(post().with("Upload-Defer-Length: " + value).with("Upload-Length: 5").with("Content-Length: 0"), 400);
		}

		@Test
		void onceDeclaredCanNotBeChanged() {
			String id = create("Upload-Defer-Length: 1");
			send(patch(id, 0).with("Upload-Length: 11").body("hello"), 204);
			send(patch(id, 5).with("Upload-Length: 12").body(" world!"), 400);
			assertOffset(id, 5);
			send(patch(id, 5).with("Upload-Length: 11").body(" world"), 204);
		}

		@Test
		void canNotBeLessThanWhatIsThere() {
			String id = create("Upload-Defer-Length: 1");
			send(patch(id, 0).body("hello"), 204);
			send(patch(id, 5).with("Upload-Length: 4").with("Content-Length: 0"), 400);
			assertThat(inspect(id).header("Upload-Defer-Length")).isEqualTo("1");
		}

		@Test
		void canNotBeLessThanTheBodyThatComes() {
			String id = create("Upload-Defer-Length: 1");
			send(patch(id, 0).with("Upload-Length: 4").body("hello"), 413);
			assertOffset(id, 0);
			assertThat(inspect(id).header("Upload-Defer-Length")).isEqualTo("1");
		}

		@NoSizes
		void canNotBeMalformed(String length) {
			String id = create("Upload-Defer-Length: 1");
			send(patch(id, 0).with("Upload-Length: " + length).body("hello"), 400);
			assertOffset(id, 0);
		}

	}

	@Nested
	class Expiration {

		@Test
		void isToldWhereAnUploadWillExpire() {
			RawResponse created = send(post().with("Upload-Length: 11").with("Content-Length: 0"), 201);
			assertExpires(created);
			assertExpires(send(patch(id(created), 0).body("hello"), 204));
			assertExpires(send(patch(id(created), 3).body("hello"), 409));
			assertExpires(inspect(id(created)));
		}

		@Test
		void isNotToldOfAFinishedUpload() {
			String id = create("Upload-Length: 5");
			assertThat(send(patch(id, 0).body("hello"), 204).headers("Upload-Expires")).isEmpty();
			assertThat(inspect(id).headers("Upload-Expires")).isEmpty();
		}

		private void assertExpires(RawResponse response) {
			String expires = response.header("Upload-Expires");
			assertThat(expires)
				.matches("(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
			assertThat(ZonedDateTime.parse(expires, DateTimeFormatter.RFC_1123_DATE_TIME))
				.isAfter(ZonedDateTime.now(ZoneOffset.UTC));
		}

	}

	@Nested
	class Checksum {

		@ParameterizedTest
		@ValueSource(strings = { "sha1", "sha256", "sha512", "md5", "crc32", "crc32c" })
		void isVerified(String algorithm) {
			String id = create("Upload-Length: 11");
			send(patch(id, 0).with("Upload-Checksum: " + checksum(algorithm, "hello")).body("hello"), 204);
			send(patch(id, 5).with("Upload-Checksum: " + checksum(algorithm, " world")).chunked(" wo", "rld"), 204);
			assertStored(id, "hello world");
		}

		@ParameterizedTest
		@ValueSource(strings = { "sha1", "sha256", "sha512", "md5", "crc32", "crc32c" })
		void thatDoesNotMatchIs460AndDiscardsTheChunk(String algorithm) {
			String id = create("Upload-Length: 11");
			send(patch(id, 0).body("hello"), 204);
			send(patch(id, 5).with("Upload-Checksum: " + checksum(algorithm, " world")).body(" w0rld"), 460);
			assertOffset(id, 5);
			assertStored(id, "hello");
			send(patch(id, 5).with("Upload-Checksum: " + checksum(algorithm, " world")).body(" world"), 204);
			assertStored(id, "hello world");
		}

		@Test
		void isTheOneOfTheExample() {
			String id = create("Upload-Length: 11");
			send(patch(id, 0).with("Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=").body("hello world"), 204);
		}

		@ParameterizedTest
		@ValueSource(strings = { "SHA1 qvTGHdzF6KLavt4PO0gs2a6pQ00=", "sha-1 qvTGHdzF6KLavt4PO0gs2a6pQ00=", "sha3 AAAA",
				"adler32 AAAAAA==", "", "sha1", "sha1 ", "sha1  qvTGHdzF6KLavt4PO0gs2a6pQ00=",
				" sha1  qvTGHdzF6KLavt4PO0gs2a6pQ00=", "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00", "sha1 AAAA", "sha1 !!!!",
				"sha1,qvTGHdzF6KLavt4PO0gs2a6pQ00=", "qvTGHdzF6KLavt4PO0gs2a6pQ00=",
				"sha1 aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00= x" })
		void thatIsUnknownOrMalformedIs400(String checksum) {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).with("Upload-Checksum: " + checksum).body("hello"), 400);
			assertOffset(id, 0);
			assertStored(id, "");
		}

		@Test
		void sentTwiceIs400() {
			String id = create("Upload-Length: 5");
			String checksum = "Upload-Checksum: " + checksum("sha1", "hello");
			send(patch(id, 0).with(checksum).with(checksum).body("hello"), 400);
			assertOffset(id, 0);
		}

		@Test
		void ofAnInterruptedChunkDiscardsIt() {
			String id = create("Upload-Length: 11");
			send(patch(id, 0).body("he"), 204);
			RawConnection connection = RawConnection.to(target().creation().getPort());
			patch(id, 2).with("Upload-Checksum: " + checksum("sha1", "llo world"))
				.with("Content-Length: 9")
				.on(connection)
				.send("llo");
			connection.halfClose();
			assertThat(connection.isClosedByPeer()).isTrue();
			connection.close();
			assertOffset(id, 2);
			assertStored(id, "he");
			send(patch(id, 2).body("llo world"), 204);
		}

		@Test
		void isOnlyCountedOnceItIsVerified() {
			String id = create("Upload-Length: 5");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				patch(id, 0).with("Upload-Checksum: " + checksum("sha1", "hello"))
					.with("Content-Length: 5")
					.on(connection)
					.send("hell");
				assertOffset(id, 0);
				assertThat(connection.send("o").read().status()).isEqualTo(204);
			}
			assertOffset(id, 5);
		}

		@Test
		void ofAnEmptyBodyIsVerified() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).with("Upload-Checksum: " + checksum("sha1", "")).with("Content-Length: 0"), 204);
			send(patch(id, 0).with("Upload-Checksum: " + checksum("sha1", "x")).with("Content-Length: 0"), 460);
		}

	}

	@Nested
	class ChecksumTrailer {

		@ParameterizedTest
		@ValueSource(strings = { "sha1", "sha256", "sha512", "md5", "crc32", "crc32c" })
		void isVerified(String algorithm) {
			String id = create("Upload-Length: 11");
			send(patch(id, 0).trailer("Upload-Checksum: " + checksum(algorithm, "hello world"))
				.chunked("hello", " world"), 204);
			assertStored(id, "hello world");
		}

		@Test
		void thatDoesNotMatchIs460AndDiscardsTheChunk() {
			String id = create("Upload-Length: 11");
			send(patch(id, 0).body("hello"), 204);
			send(patch(id, 5).trailer("Upload-Checksum: " + checksum("sha1", " world")).chunked(" w0", "rld"), 460);
			assertOffset(id, 5);
			assertStored(id, "hello");
		}

		@ParameterizedTest
		@ValueSource(strings = { "sha3 AAAA", "sha1", "sha1 x", "" })
		void thatIsUnknownOrMalformedIs400(String checksum) {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).trailer("Upload-Checksum: " + checksum).chunked("hello"), 400);
			assertOffset(id, 0);
			assertStored(id, "");
		}

		@ParameterizedTest
		@ValueSource(strings = { "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "sha3 AAAA", "x" })
		void thatWasNotPromisedDoesNotCount(String checksum) {
			String id = create("Upload-Length: 11");
			RawConnection connection = RawConnection.to(target().creation().getPort());
			patch(id, 0).with("Transfer-Encoding: chunked").on(connection);
			connection.chunk("hello".getBytes(StandardCharsets.UTF_8)).lastChunk("Upload-Checksum: " + checksum);
			RawResponse response = connection.read();
			assertThat(response.status()).isEqualTo(204);
			assertThat(response.header("Upload-Offset")).isEqualTo("5");
			connection.close();
			assertOffset(id, 5);
		}

		@Test
		void thatIsPromisedAndDoesNotComeIs400() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).with("Trailer: Upload-Checksum").chunked("hello"), 400);
			assertOffset(id, 0);
		}

		@Test
		void ofAnInterruptedChunkDiscardsIt() {
			String id = create("Upload-Length: 5");
			RawConnection connection = RawConnection.to(target().creation().getPort());
			patch(id, 0).with("Trailer: Upload-Checksum").with("Transfer-Encoding: chunked").on(connection);
			connection.chunk("hell".getBytes(StandardCharsets.UTF_8)).halfClose();
			assertThat(connection.isClosedByPeer()).isTrue();
			connection.close();
			assertOffset(id, 0);
			assertStored(id, "");
		}

		@Test
		void isNamedInAnyCaseAmongOthers() {
			String id = create("Upload-Length: 5");
			RawConnection connection = RawConnection.to(target().creation().getPort());
			patch(id, 0).with("Trailer: X-Other, upload-checksum").with("Transfer-Encoding: chunked").on(connection);
			connection.chunk("hello".getBytes(StandardCharsets.UTF_8))
				.lastChunk("x-other: y", "upload-CHECKSUM: " + checksum("sha1", "hallo"));
			assertThat(connection.read().status()).isEqualTo(460);
			connection.close();
			assertOffset(id, 0);
		}

	}

	@Nested
	class Termination {

		@Test
		void removesAnUnfinishedUpload() {
			String id = create("Upload-Length: 11");
			send(patch(id, 0).body("hello"), 204);
			assertThat(send(to("DELETE", id).with("Content-Length: 0"), 204).body()).isEmpty();
			assertGone(id);
		}

		@Test
		void removesAFinishedUpload() {
			String id = create("Upload-Length: 5");
			send(patch(id, 0).body("hello"), 204);
			send(to("DELETE", id), 204);
			assertGone(id);
		}

		@Test
		void ofAnUnknownUploadIs404() {
			send(to("DELETE", "0123456789abcdef0123456789abcdef"), 404);
		}

		@Test
		void endsAnAppendThatRuns() {
			String id = create("Upload-Length: 11");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				patch(id, 0).with("Content-Length: 11").on(connection).send("hello");
				awaitStored(id, "hello");
				send(to("DELETE", id), 204);
				assertThat(connection.read().status()).isBetween(400, 499);
			}
			assertGone(id);
		}

		@Test
		void doesNotMindABody() {
			String id = create("Upload-Length: 11");
			send(to("DELETE", id).body("hello"), 204);
			assertGone(id);
		}

		private void assertGone(String id) {
			assertThat(send(to("HEAD", id), 404).headers("Upload-Offset")).isEmpty();
			send(patch(id, 5).body(" world"), 404);
			send(to("DELETE", id), 404);
			assertThat(target().stored(id)).isNull();
		}

	}

	@Nested
	class Concatenation {

		@Test
		void joinsPartsInTheirOrder() {
			String a = part("hello");
			String b = part(" world");
			RawResponse response = send(concat("final;" + path(b) + " " + path(a)), 201);
			assertThat(response.header("Upload-Offset")).isEqualTo("11");
			String id = id(response);
			assertStored(id, " worldhello");
			RawResponse inspected = inspect(id);
			assertThat(inspected.header("Upload-Length")).isEqualTo("11");
			assertThat(inspected.header("Upload-Offset")).isEqualTo("11");
			assertThat(inspected.header("Upload-Concat")).isEqualTo("final;" + path(b) + " " + path(a));
		}

		@Test
		void takesAbsoluteUrls() {
			String a = part("hello");
			String b = part(" world");
			String concat = "final;" + target().creation() + "/" + a + " https://example.org/x/files/" + b;
			String id = id(send(concat(concat), 201));
			assertStored(id, "hello world");
			assertThat(inspect(id).header("Upload-Concat")).isEqualTo(concat);
		}

		@Test
		void takesAPartMoreThanOnceAndAgain() {
			String a = part("ab");
			assertStored(id(send(concat("final;" + path(a) + " " + path(a)), 201)), "abab");
			assertStored(id(send(concat("final;" + path(a)), 201)), "ab");
		}

		@Test
		void takesEmptyParts() {
			String a = part("");
			String b = part("hello");
			assertStored(id(send(concat("final;" + path(a) + " " + path(b) + " " + path(a)), 201)), "hello");
			assertStored(id(send(concat("final;" + path(a)), 201)), "");
		}

		@Test
		void takesASpaceAfterTheSemicolon() {
			String a = part("hello");
			assertStored(id(send(concat("final; " + path(a)), 201)), "hello");
		}

		@Test
		void tellsThatAPartIsOne() {
			String id = create("Upload-Length: 5", "Upload-Concat: partial");
			RawResponse response = inspect(id);
			assertThat(response.header("Upload-Concat")).isEqualTo("partial");
			assertThat(response.header("Upload-Offset")).isEqualTo("0");
		}

		@Test
		void doesNotTakeOverTheMetadataOfParts() {
			String a = create("Upload-Length: 0", "Upload-Concat: partial", "Upload-Metadata: part YQ==");
			String id = id(send(concat("final;" + path(a)).with("Upload-Metadata: whole Yg=="), 201));
			assertThat(inspect(id).header("Upload-Metadata")).isEqualTo("whole Yg==");
			assertThat(inspect(id(send(concat("final;" + path(a)), 201))).headers("Upload-Metadata")).isEmpty();
		}

		@Test
		void waitsForPartsThatAreNotFinished() {
			String a = part("hello");
			String b = create("Upload-Length: 6", "Upload-Concat: partial");
			RawResponse created = send(concat("final;" + path(a) + " " + path(b)), 201);
			String id = id(created);
			RawResponse inspected = inspect(id);
			assertThat(inspected.headers("Upload-Offset")).isEmpty();
			assertThat(inspected.header("Upload-Length")).isEqualTo("11");
			assertThat(inspected.header("Upload-Concat")).isEqualTo("final;" + path(a) + " " + path(b));
			send(patch(b, 0).body(" wor"), 204);
			assertThat(inspect(id).headers("Upload-Offset")).isEmpty();
			send(patch(b, 4).body("ld"), 204);
			Awaitility.await().untilAsserted(() -> {
				RawResponse response = to("HEAD", id).send();
				assertThat(response.status()).isEqualTo(200);
				assertThat(response.header("Upload-Offset")).isEqualTo("11");
			});
			assertStored(id, "hello world");
		}

		@Test
		void waitsForPartsOfUnknownLength() {
			String a = create("Upload-Defer-Length: 1", "Upload-Concat: partial");
			String id = id(send(concat("final;" + path(a)), 201));
			RawResponse inspected = inspect(id);
			assertThat(inspected.headers("Upload-Length")).isEmpty();
			assertThat(inspected.headers("Upload-Offset")).isEmpty();
			send(patch(a, 0).with("Upload-Length: 5").body("hello"), 204);
			Awaitility.await()
				.untilAsserted(() -> assertThat(to("HEAD", id).send().header("Upload-Offset")).isEqualTo("5"));
			assertThat(inspect(id).header("Upload-Length")).isEqualTo("5");
		}

		@Test
		void canNotBeAppendedTo() {
			String a = part("hello");
			String id = id(send(concat("final;" + path(a)), 201));
			send(patch(id, 5).body("!"), 403);
			send(patch(id, 0).with("Content-Length: 0"), 403);
			assertStored(id, "hello");
			assertStored(a, "hello");
		}

		@Test
		void canNotBeAppendedToBeforeItIsFinished() {
			String a = create("Upload-Length: 5", "Upload-Concat: partial");
			String id = id(send(concat("final;" + path(a)), 201));
			send(patch(id, 0).body("!"), 403);
		}

		@Test
		void mustNotHaveALength() {
			String a = part("hello");
			send(concat("final;" + path(a)).with("Upload-Length: 5"), 400);
			send(concat("final;" + path(a)).with("Upload-Defer-Length: 1"), 400);
		}

		@Test
		void ofPartsMustHaveALength() {
			send(concat("partial"), 400);
		}

		@Test
		void ignoresABody() {
			String a = part("hello");
			RawResponse response = send(post().with("Upload-Concat: final;" + path(a)).with(BYTES).body("hello"), 201);
			assertStored(id(response), "hello");
		}

		@ParameterizedTest
		@ValueSource(strings = { "", "final", "final;", "final; ", "Partial", "FINAL;/files/a", "partial;",
				"partial;/files/a", "final:/files/a", "final;/", "final;..", "final;/files/..", "final;/files/a%2e",
				"final;/files/a,/files/b", "partial,final;/files/a", "x" })
		void thatIsMalformedIs400(String concat) {
			long before = target().count();
			send(post().with("Content-Length: 0").with("Upload-Concat: " + concat).with("Upload-Length: 5"), 400);
			send(concat(concat), 400);
			assertThat(target().count()).isEqualTo(before);
		}

		@ParameterizedTest
		@ValueSource(
				strings = { ",", ";", "%20", ",http://localhost", ",HTTPS://localhost", ",final;", "?a=b,", "?a=b;" })
		void ofPartsThatNoSpacePartsIs400(String separator) {
			String a = part("hello");
			String b = part(" world");
			long before = target().count();
			send(concat("final;" + path(a) + separator + path(b)), 400);
			send(concat("final;" + path(a)).with("Upload-Concat: final;" + path(b)), 400);
			assertThat(target().count()).isEqualTo(before);
		}

		@ParameterizedTest
		@ValueSource(strings = { ",", ";", "%20/", ",final;", ";../" })
		void ofRelativePartsThatNoSpacePartsIs400(String separator) {
			String a = part("hello");
			String b = part(" world");
			long before = target().count();
			send(concat("final;files/" + a + separator + "files/" + b), 400);
			send(concat("final;files/" + a).with("Upload-Concat: final;files/" + b), 400);
			assertThat(target().count()).isEqualTo(before);
		}

		@Test
		void takesPathsWithCommasAndSpaces() {
			String a = part("hello");
			assertStored(id(send(concat("final;/my%20albums/1,2/" + a + " /my%20albums/1,2/" + a), 201)), "hellohello");
		}

		@Test
		void takesTheQueriesOfItsParts() {
			String a = part("hello");
			assertStored(id(send(concat("final;" + path(a) + "?a=1;b=2,3 " + path(a) + "?c"), 201)), "hellohello");
		}

		@Test
		void ofUnknownOrOrdinaryUploadsIs400() {
			String ordinary = create("Upload-Length: 0");
			String whole = id(send(concat("final;" + path(part("hello"))), 201));
			long before = target().count();
			send(concat("final;" + path("0123456789abcdef0123456789abcdef")), 400);
			send(concat("final;" + path(ordinary)), 400);
			send(concat("final;" + path(whole)), 400);
			assertThat(target().count()).isEqualTo(before);
		}

		@Test
		void canBeTerminatedWithoutItsParts() {
			String a = part("hello");
			String id = id(send(concat("final;" + path(a)), 201));
			send(to("DELETE", id), 204);
			send(to("HEAD", id), 404);
			assertOffset(a, 5);
		}

		@Test
		void outlivesItsParts() {
			String a = part("hello");
			String id = id(send(concat("final;" + path(a)), 201));
			send(to("DELETE", a), 204);
			assertOffset(id, 5);
			assertStored(id, "hello");
		}

		private String part(String content) {
			String id = create("Upload-Concat: partial", "Upload-Length: " + content.length());
			if (!content.isEmpty()) {
				send(patch(id, 0).body(content), 204);
			}
			return id;
		}

		private RawRequest concat(String value) {
			return post().with("Content-Length: 0").with("Upload-Concat: " + value);
		}

		private String path(String id) {
			return target().creation().getPath() + "/" + id;
		}

	}

	@Nested
	class Connections {

		private RawConnection connection;

		@Test
		void areKeptAliveAfterEveryAnswerToASmallBodyOrSayThatTheyEnd() {
			String id = create("Upload-Length: 100");
			String checksum = "Upload-Checksum: " + checksum("sha1", "x");
			this.connection = RawConnection.to(target().creation().getPort());
			try {
				exchange(patch(id, 0).body("hello"), 204);
				exchange(patch(id, 0).body("hello"), 409);
				exchange(to("PATCH", id).with("Upload-Offset: 5").body("hello"), 415);
				exchange(to("PATCH", id).with(BYTES).body("hello"), 400);
				exchange(patch(id, 5).body("x".repeat(200)), 413);
				exchange(patch("unknown", 5).body("hello"), 404);
				exchange(patch("unknown", 5).chunked("hello"), 404);
				exchange(patch(id, 5).with(checksum).body("hello"), 460);
				exchange(to("PUT", id).body("hello"), 405);
				exchange(to("HEAD", id), 200);
				exchange(to("HEAD", id).without("Tus-Resumable"), 412);
				exchange(RawRequest.of("OPTIONS", target().creation()), 204);
				exchange(post().with("Upload-Length: x").body("hello"), 400);
				exchange(post().with("Upload-Length: 3").with(BYTES).body("hello"), 413);
				exchange(post().with("Upload-Length: 5").body("hello"), 201);
				exchange(post().with("Upload-Length: 5").with(BYTES).body("hello"), 201);
				exchange(patch(id, 5).chunked("he", "llo"), 204);
				exchange(to("DELETE", id), 204);
				exchange(to("DELETE", id), 404);
			}
			finally {
				this.connection.close();
			}
		}

		private void exchange(RawRequest request, int status) {
			RawResponse response = checked(request.on(this.connection).read());
			assertThat(response.status()).as("%s", response).isEqualTo(status);
			if ("close".equalsIgnoreCase(response.header("Connection"))) {
				// Some servers end the connection after some statuses of the 4xx family.
				assertThat(status).as("%s", response).isIn(400, 404, 413);
				assertThat(this.connection.isClosedByPeer()).isTrue();
				this.connection.close();
				this.connection = RawConnection.to(target().creation().getPort());
			}
		}

		@Test
		void takeRequestsAheadOfTheAnswers() {
			String id = create("Upload-Length: 10");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				connection.send(Stream
					.of(patch(id, 0).body("hello"), patch(id, 5).chunked("wor", "ld"), to("HEAD", id), to("DELETE", id))
					.map((request) -> new String(request.bytes(), StandardCharsets.ISO_8859_1))
					.collect(Collectors.joining()));
				assertThat(connection.read().header("Upload-Offset")).isEqualTo("5");
				assertThat(connection.read().header("Upload-Offset")).isEqualTo("10");
				assertThat(connection.readHead().header("Upload-Offset")).isEqualTo("10");
				assertThat(connection.read().status()).isEqualTo(204);
			}
		}

		@Test
		void takeRequestsThatComeInPiecesBehindAChunkedBody() {
			// The rest is to come while the server reads the end of the body.
			for (int delay = 0; delay < 100; delay++) {
				String id = create("Upload-Length: 10");
				String requests = Stream
					.of(patch(id, 0).chunked("hel", "lowor", "ld"), to("HEAD", id), to("DELETE", id))
					.map((request) -> new String(request.bytes(), StandardCharsets.ISO_8859_1))
					.collect(Collectors.joining());
				int cut = requests.indexOf("HEAD") + 1 + delay % 40;
				try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
					connection.send(requests.substring(0, cut));
					long until = System.nanoTime() + delay * 10_000L;
					while (System.nanoTime() < until) {
						Thread.onSpinWait();
					}
					connection.send(requests.substring(cut));
					assertThat(connection.read().header("Upload-Offset")).isEqualTo("10");
					assertThat(connection.readHead().header("Upload-Offset")).isEqualTo("10");
					assertThat(connection.read().status()).isEqualTo(204);
				}
			}
		}

		@Test
		void canBeClosedByTheClientsWish() {
			String id = create("Upload-Length: 10");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				assertThat(patch(id, 0).with("Connection: close").body("hello").on(connection).read().status())
					.isEqualTo(204);
				assertThat(connection.isClosedByPeer()).isTrue();
			}
		}

		@Test
		void gotAnAnswerThatCanBeReadBeforeALargeBodyEnds() {
			String id = create("Upload-Length: 10");
			byte[] piece = new byte[64 * 1024];
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				patch(id, 3).with("Content-Length: 100000000").on(connection);
				for (int i = 0; i < 100; i++) {
					connection.send(piece);
				}
				RawResponse response = connection.read();
				assertThat(response.status()).isEqualTo(409);
				assertThat(response.header("Connection")).isEqualToIgnoringCase("close");
			}
			assertOffset(id, 0);
		}

		@Test
		void closeInTimeWhenARefusedBodyNeverComes() {
			String id = create("Upload-Length: 10");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				RawResponse response = patch(id, 3).with("Content-Length: 100000000").on(connection).read();
				assertThat(response.status()).isEqualTo(409);
				assertThat(connection.timeout(Duration.ofSeconds(15)).isClosedByPeer()).isTrue();
			}
		}

	}

	@Nested
	class Framing {

		@Test
		void withTwoDifferentContentLengthsIsRefused() {
			String id = create("Upload-Length: 10");
			assertRefused(patch(id, 0).with("Content-Length: 5").with("Content-Length: 6"), "hello!", id);
		}

		@ParameterizedTest
		@ValueSource(strings = { "-5", "+5", "5,6", "0x5", "five", "5.0", "99999999999999999999999999", "" })
		void withAMalformedContentLengthIsRefused(String length) {
			String id = create("Upload-Length: 10");
			assertRefused(patch(id, 0).with("Content-Length: " + length), "hello!", id);
		}

		@Test
		void withContentLengthAndChunksCountsTheChunksOrIsRefused() {
			String id = create("Upload-Length: 50");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				patch(id, 0).with("Content-Length: 3").with("Transfer-Encoding: chunked").on(connection);
				connection.send("5\r\nhello\r\n0\r\n\r\n");
				RawResponse response = connection.read();
				assertThat(response.status()).isIn(204, 400);
				assertOffset(id, (response.status() == 204) ? 5 : 0);
				assertThat(connection.isClosedByPeer()).isTrue();
			}
		}

		@ParameterizedTest
		@ValueSource(strings = { "x\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n",
				"fffffffffffffffff\r\nhello", "\r\nhello\r\n0\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n",
				"5;" + "x=y" + "\n" + "hello", "g\r\n" })
		void withMalformedChunksIsRefusedOrClosed(String chunks) {
			String id = create("Upload-Length: 50");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				patch(id, 0).with("Transfer-Encoding: chunked").on(connection).send(chunks).halfClose();
				try {
					assertThat(connection.read().status()).isBetween(400, 499);
				}
				catch (java.io.UncheckedIOException ex) {
					assertThat(connection.isClosedByPeer()).isTrue();
				}
			}
			assertThat(Integer.parseInt(inspect(id).header("Upload-Offset"))).isIn(0, 5);
		}

		@Test
		void withChunkExtensionsAndBigNumbersOfZerosIsRight() {
			String id = create("Upload-Length: 10");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				patch(id, 0).with("Transfer-Encoding: chunked").on(connection);
				connection.send("005;a=b\r\nhello\r\n5;c=\"d\"\r\nworld\r\n000\r\n\r\n");
				assertThat(connection.read().header("Upload-Offset")).isEqualTo("10");
			}
			assertStored(id, "helloworld");
		}

		@ParameterizedTest
		@ValueSource(strings = { "chunked, identity", "gzip", "xchunked", "chunked, gzip" })
		void thatIsUnknownIsRefused(String encoding) {
			String id = create("Upload-Length: 10");
			assertRefused(patch(id, 0).with("Transfer-Encoding: " + encoding), "5\r\nhello\r\n0\r\n\r\n", id);
		}

		@Test
		void withMoreThanTheContentLengthIsAnotherRequest() {
			String id = create("Upload-Length: 10");
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				patch(id, 0).with("Content-Length: 5").on(connection).send("hello");
				connection.request("GET /nowhere HTTP/1.1", "Host: localhost");
				assertThat(connection.read().header("Upload-Offset")).isEqualTo("5");
				assertThat(connection.read().status()).isEqualTo(404);
			}
			assertStored(id, "hello");
		}

		@Test
		void ofHttp10IsRight() {
			String id = create("Upload-Length: 10");
			String path = target().creation().getPath() + "/" + id;
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				connection.request("PATCH " + path + " HTTP/1.0", "Tus-Resumable: 1.0.0", BYTES, "Upload-Offset: 0",
						"Content-Length: 5");
				RawResponse response = checked(connection.send("hello").read());
				assertThat(response.status()).isEqualTo(204);
				assertThat(connection.isClosedByPeer()).isTrue();
			}
			assertStored(id, "hello");
		}

		@Test
		void withoutHostIsRefused() {
			RawResponse response = post().without("Host").with("Upload-Length: 5").with("Content-Length: 0").send();
			assertThat(response.status()).isEqualTo(400);
		}

		private void assertRefused(RawRequest request, String body, String id) {
			try (RawConnection connection = RawConnection.to(target().creation().getPort())) {
				RawResponse response = request.on(connection).send(body).read();
				assertThat(response.status()).isIn(400, 501);
			}
			assertOffset(id, 0);
		}

	}

	private static String checksum(String algorithm, String content) {
		byte[] value = switch (algorithm) {
			case "sha1" -> digest("SHA-1", content);
			case "sha256" -> digest("SHA-256", content);
			case "sha512" -> digest("SHA-512", content);
			case "md5" -> digest("MD5", content);
			case "crc32" -> crc(new CRC32(), content);
			case "crc32c" -> crc(new CRC32C(), content);
			default -> throw new IllegalArgumentException(algorithm);
		};
		return algorithm + " " + base64(value);
	}

	private static byte[] digest(String name, String content) {
		try {
			return MessageDigest.getInstance(name).digest(content.getBytes(StandardCharsets.UTF_8));
		}
		catch (java.security.NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] crc(java.util.zip.Checksum crc, String content) {
		crc.update(content.getBytes(StandardCharsets.UTF_8));
		return java.nio.ByteBuffer.allocate(4).putInt((int) crc.getValue()).array();
	}

	/**
	 * A test of what is no number of bytes.
	 */
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@ParameterizedTest
	@ValueSource(strings = { "", "-1", "-0", "+5", "5.0", "1.0", "0x5", "5e3", "1_000", "1,000", "5 5", "5;5", "five",
			"0-0", "9223372036854775808", "18446744073709551616", "00000000000000000000009223372036854775808",
			"1000000000000000000000000000000000000000000", "\"5\"", "Infinity", "NaN", "null", "5\u00a0", "\u0665",
			"5\t5", "5,", "5%" })
	@interface NoSizes {

	}

}
