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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.QuietLog;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Downloads of finished uploads.
 */
@ParameterizedClass
@EnumSource(Container.class)
@ExtendWith(QuietLog.class)
class DownloadTests {

	private static TestServer server;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server().property("tus.download.enabled", "true").start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@Test
	void sendsTheWholeContentToAnybodyWhoAsksAsABrowserDoes() {
		RawResponse response = get(
				upload("hello world", "filename " + base64("a.txt"), "filetype " + base64("text/plain")))
			.send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.text()).isEqualTo("hello world");
		assertThat(response.header("Content-Length")).isEqualTo("11");
		assertThat(response.header("Content-Type")).isEqualTo("text/plain");
		assertThat(response.header("Accept-Ranges")).isEqualTo("bytes");
		assertThat(response.header("Content-Disposition")).isEqualTo("inline; filename=\"a.txt\"");
		assertThat(response.headers("X-Content-Type-Options")).containsExactly("nosniff");
		assertThat(response.headers("Cache-Control")).containsExactly("private, no-cache");
		assertThat(response.header("ETag")).matches("\"[^\"]+\"");
		assertThat(response.header("Last-Modified")).endsWith(" GMT");
	}

	@ParameterizedTest
	@CsvSource({ "bytes=0-4, hello, bytes 0-4/11", "bytes=6-, world, bytes 6-10/11", "bytes=-5, world, bytes 6-10/11",
			"bytes=0-99, hello world, bytes 0-10/11", "bytes=-99, hello world, bytes 0-10/11",
			"bytes=10-10, d, bytes 10-10/11", "'bytes=0-0,99-', h, bytes 0-0/11",
			"'bytes=11-12, -0, 10-', d, bytes 10-10/11" })
	void sendsARange(String range, String content, String contentRange) {
		RawResponse response = get(upload("hello world")).with("Range: " + range).send();
		assertThat(response.status()).isEqualTo(206);
		assertThat(response.text()).isEqualTo(content);
		assertThat(response.header("Content-Range")).isEqualTo(contentRange);
	}

	@Test
	void sendsSeveralRanges() {
		RawResponse response = get(upload("hello world")).with("Range: bytes=0-1, 9-10").send();
		assertThat(response.status()).isEqualTo(206);
		assertThat(response.header("Content-Type")).startsWith("multipart/byteranges");
		assertThat(response.text()).contains("bytes 0-1/11", "he", "bytes 9-10/11", "ld");
	}

	@Test
	void sendsAllOfNothingWhereItsEndIsAskedFor() {
		RawResponse response = get(upload("")).with("Range: bytes=-5").send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Length")).isEqualTo("0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "bytes=11-", "bytes=99-100", "bytes=-0", "bytes=11-12,99-" })
	void answersARangeBeyondTheEndWith416(String range) {
		RawResponse response = get(upload("hello world")).with("Range: " + range).send();
		assertThat(response.status()).isEqualTo(416);
		assertThat(response.header("Content-Range")).isEqualTo("bytes */11");
	}

	@ParameterizedTest
	@ValueSource(strings = { "bytes=", "bytes=a-b", "items=0-1", "bytes=5", "0-5", "bytes=--5", "bytes=0-1;2-3", "x",
			"bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10", "bytes=0-,0-", "bytes=0-9,-9", "bytes=0-,",
			"bytes=0-1,,3-4", "bytes=1234567890123456789-" })
	void ignoresARangeThatIsNone(String range) {
		RawResponse response = get(upload("hello world")).with("Range: " + range).send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.text()).isEqualTo("hello world");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0-,", "0-0,", " ,", "-1,", "-", "1", "0-0 , " })
	void longRangeHeaderIsNoTrouble(String element) {
		RawResponse response = get(upload("hello world"))
			.with("Range: bytes=" + element.repeat(6000 / element.length()) + "0-0")
			.send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.text()).isEqualTo("hello world");
	}

	@Test
	void sayWhatAHeadWouldSinceACacheMayHaveMadeThemOfOne() {
		RawResponse response = get(upload("hello world")).with("Tus-Resumable: 1.0.0").send();
		assertThat(response.header("Upload-Offset")).isEqualTo("11");
		assertThat(response.header("Upload-Length")).isEqualTo("11");
	}

	@Test
	void tusClientHearsHowFarAnUnfinishedUploadHasCome() {
		String id = upload("hello world");
		assertThat(get(id).with("Tus-Resumable: 1.0.0").send().text()).isEqualTo("hello world");
		RawResponse created = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: 5")
			.with("Content-Length: 0")
			.send();
		RawResponse response = RawRequest.of("GET", server.uri(created.header("Location"))).send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Upload-Offset")).isEqualTo("0");
		assertThat(response.body()).isEmpty();
	}

	@Test
	void sendsARangeOnlyIfItIsOfTheSameContent() {
		String id = upload("hello world");
		RawResponse whole = get(id).send();
		assertThat(get(id).with("Range: bytes=0-4").with("If-Range: " + whole.header("ETag")).send().status())
			.isEqualTo(206);
		assertThat(get(id).with("Range: bytes=0-4").with("If-Range: " + whole.header("Last-Modified")).send().status())
			.isEqualTo(206);
		for (String other : List.of("\"other\"", "W/" + whole.header("ETag"), "Tue, 01 Jan 2019 00:00:00 GMT", "x")) {
			RawResponse response = get(id).with("Range: bytes=0-4").with("If-Range: " + other).send();
			assertThat(response.status()).as(other).isEqualTo(200);
			assertThat(response.text()).isEqualTo("hello world");
		}
	}

	@Test
	void sendsNothingThatTheClientHas() {
		String id = upload("hello world");
		RawResponse whole = get(id).send();
		assertThat(get(id).with("If-None-Match: " + whole.header("ETag")).send().status()).isEqualTo(304);
		assertThat(get(id).with("If-None-Match: \"other\"").send().status()).isEqualTo(200);
		assertThat(get(id).with("If-Modified-Since: " + whole.header("Last-Modified")).send().status()).isEqualTo(304);
		assertThat(get(id).with("If-Match: \"other\"").send().status()).isEqualTo(412);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "a.txt | attachment; filename=\"a.txt\"",
			"a\"b.txt | attachment; filename=\"a_b.txt\"",
			"größe €.txt | attachment; filename=\"gr__e _.txt\"; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%E2%82%AC.txt",
			"100%.txt | attachment; filename=\"100%.txt\"; filename*=UTF-8''100%25.txt",
			"../../etc/passwd | attachment; filename=\".._.._etc_passwd\"",
			"a;b=c.txt | attachment; filename=\"a;b=c.txt\"" })
	void namesTheFileAsItWasNamed(String filename, String disposition) {
		RawResponse response = get(upload("x", "filename " + base64(filename))).send();
		assertThat(response.header("Content-Disposition")).isEqualTo(disposition);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\r\nX-Evil: b", "a\u0000b", "x\u202egpj.exe", "" })
	void isNotFooledByANamesCharacters(String filename) {
		RawResponse response = get(upload("x", "filename " + base64(filename))).send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.headers("X-Evil")).isEmpty();
		assertThat(response.header("Content-Disposition")).startsWith("attachment; filename=\"")
			.doesNotContain("\u202e", "%E2%80%AE", "%00", "%0D");
	}

	@Test
	void cutsALongName() {
		RawResponse response = get(upload("x", "filename " + base64("ä".repeat(2000) + ".jpeg"))).send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Disposition")).endsWith(".jpeg").hasSizeLessThan(2000);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "x", "text/*", "*/*", "text/plain\r\nX-Evil: a", "text/plain;a=\"\r\nX-Evil: a\"",
			"text/plain;a=\"ä\"", "text/html;charset=nothing", "/", "a/b/c" })
	void sendsATypeThatIsNoneAsBytes(String filetype) {
		RawResponse response = get(upload("x", "filetype " + base64(filetype))).send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.header("Content-Type")).isEqualTo("application/octet-stream");
		assertThat(response.headers("X-Evil")).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "image/png, inline", "IMAGE/PNG, inline", "video/mp4, inline", "text/plain;charset=utf-8, inline",
			"text/html, attachment", "image/svg+xml, attachment", "application/pdf, attachment",
			"application/xhtml+xml, attachment", "x, attachment" })
	void showsWhatIsHarmlessAndLetsNothingRun(String filetype, String disposition) {
		RawResponse response = get(upload("x", "filetype " + base64(filetype))).send();
		assertThat(response.header("Content-Disposition")).startsWith(disposition + ";");
		assertThat(response.header("Content-Security-Policy")).contains("default-src 'none'", "sandbox");
		assertThat(response.header("X-Content-Type-Options")).isEqualTo("nosniff");
	}

	@Test
	void ofAnUnfinishedOrPartialUploadIs404() {
		assertThat(get(create("Upload-Length: 5")).send().status()).isEqualTo(404);
		assertThat(get(create("Upload-Length: 0", "Upload-Concat: partial")).send().status()).isEqualTo(404);
		assertThat(get("unknown").send().status()).isEqualTo(404);
	}

	@Test
	void ofContentThatTheApplicationHasTakenIs404() throws IOException {
		String id = upload("hello world");
		Files.delete(server.directory().resolve(id));
		assertThat(get(id).send().status()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "hell", "hello world and more" })
	void ofAFileThatIsNotWhatWasPromisedDoesNotExist(String content) throws IOException {
		String id = upload("hello world");
		Files.writeString(server.directory().resolve(id), content);
		assertThat(get(id).send().status()).isEqualTo(404);
		RawResponse head = RawRequest.of("HEAD", server.uri("/files/" + id)).send();
		assertThat(head.header("Upload-Offset")).isEqualTo("11");
	}

	@Test
	void ofAnEmptyFileIsEmpty() {
		RawResponse response = get(upload("")).send();
		assertThat(response.status()).isEqualTo(200);
		assertThat(response.body()).isEmpty();
	}

	@Test
	void leaveHeadToTheProtocol() {
		String id = upload("hello world");
		assertThat(RawRequest.of("HEAD", server.uri("/files/" + id)).send().header("Upload-Offset")).isEqualTo("11");
		assertThat(RawRequest.of("HEAD", server.uri("/files/" + id)).without("Tus-Resumable").send().status())
			.isEqualTo(412);
	}

	@Test
	void postCanNotStandForOne() {
		RawResponse response = RawRequest.of("POST", server.uri("/files/" + upload("hello")))
			.with("X-HTTP-Method-Override: GET")
			.with("Content-Length: 0")
			.send();
		assertThat(response.status()).isEqualTo(405);
		assertThat(response.text()).doesNotContain("hello");
	}

	@Test
	void areToldInAllow() {
		RawResponse response = RawRequest.of("PUT", server.uri("/files/" + upload(""))).send();
		assertThat(response.status()).isEqualTo(405);
		assertThat(response.header("Allow")).contains("GET");
	}

	@Test
	void haveManyReadersAtOnce() {
		String content = "0123456789".repeat(50_000);
		String id = upload(content);
		List<CompletableFuture<RawResponse>> readers = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			readers.add(CompletableFuture.supplyAsync(() -> get(id).send()));
		}
		assertThat(readers).allSatisfy((reader) -> assertThat(reader.join().text()).isEqualTo(content));
	}

	@Test
	void areEndedQuietlyByAClientThatLeaves() throws IOException {
		String id = upload("0123456789".repeat(2_000_000));
		RawConnection connection = RawConnection.to(server.port(), 4096);
		get(id).on(connection);
		connection.readHead();
		connection.reset();
		assertThat(get(id).with("Range: bytes=0-9").send().text()).isEqualTo("0123456789");
	}

	private static RawRequest get(String id) {
		return RawRequest.of("GET", server.uri("/files/" + id)).without("Tus-Resumable");
	}

	private static String upload(String content, String... metadata) {
		RawRequest request = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + content.length())
			.with("Content-Type: application/offset+octet-stream");
		if (metadata.length > 0) {
			request.with("Upload-Metadata: " + String.join(",", metadata));
		}
		RawResponse response = request.body(content).send();
		assertThat(response.status()).isEqualTo(201);
		return id(response);
	}

	private static String create(String... headers) {
		RawRequest request = RawRequest.of("POST", server.uri("/files")).with("Content-Length: 0");
		for (String header : headers) {
			request.with(header);
		}
		return id(request.send());
	}

	private static String id(RawResponse response) {
		return response.header("Location").substring("/files/".length());
	}

	private static String base64(String text) {
		return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
	}

}
