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

package io.github.tusspring.web.endpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link EndpointFilter} with all that belongs to it.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class AbstractEndpointTests {

	private static final byte[] NOTHING = new byte[0];

	private TestServer server;

	private TusClient client;

	private EndpointApplication.Documents documents;

	protected abstract TestServer.Builder builder();

	@BeforeAll
	void start() {
		TestServer.Builder builder = builder().with(EndpointApplication.class);
		for (int i = 0; i < EndpointApplication.PATHS.length; i++) {
			builder.property("tus.endpoints[" + i + "].path", EndpointApplication.PATHS[i]);
		}
		this.server = builder.start();
		this.client = new TusClient(this.server.port());
		this.documents = this.server.bean(EndpointApplication.Documents.class);
	}

	@AfterAll
	void stop() {
		this.server.close();
	}

	private Path content(String location) {
		return this.server.directory().resolve(location.replaceAll(".*/", "").replaceAll("\\?.*", ""));
	}

	@Test
	void traceEchoesNothing() {
		String location = this.client.create("/documents", 11, Map.of()).header("Location");
		for (String path : List.of(location, "/documents")) {
			RawResponse response = RawRequest.of("TRACE", this.server.uri(path))
				.without("Tus-Resumable")
				.with("Authorization: Basic c2VjcmV0")
				.send();
			assertThat(response.status()).isEqualTo(405);
			assertThat(response.toString()).doesNotContain("c2VjcmV0");
		}
	}

	@Test
	void handlerGetsTheUploadAsOneRequest() {
		RawResponse created = this.client.create("/documents", 11, Map.of("filename", "über/uns.txt"));
		assertThat(created.status()).isEqualTo(201);
		String location = created.header("Location");
		assertThat(location).matches("/documents/[^/]+");
		assertThat(this.client.append(location, 0, "hello ").status()).isEqualTo(204);
		RawResponse answer = this.client.append(location, 6, "world");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).isEqualTo("application/json");
		assertThat(answer.header("Upload-Offset")).isEqualTo("11");
		assertThat(answer.header("Upload-Expires")).isNull();
		assertThat(answer.header("Tus-Resumable")).isEqualTo("1.0.0");
		assertThat(answer.text()).contains("\"method\":\"POST\"", "\"uri\":\"/documents\"",
				"\"content\":\"hello world\"", "\"length\":11", "\"type\":\"application/octet-stream\"",
				"\"filename\":\"über_uns.txt\"", "filename*=UTF-8''%C3%BCber_uns.txt",
				"\"upload\":\"" + location.substring(11) + "\"");
	}

	@Test
	void contentTypeComesFromFiletype() {
		RawResponse answer = this.client.upload("/documents", "hi", Map.of("filetype", "text/markdown"));
		assertThat(answer.text()).contains("\"type\":\"text/markdown\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			text/plain\\r\\nX-Evil: 1
			multipart/form-data; boundary=x
			application/x-www-form-urlencoded
			*/*
			nonsense
			""")
	void filetypeThatIsNoSafeContentTypeBecomesOctetStream(String filetype) {
		RawResponse answer = this.client.upload("/documents", "a=b",
				Map.of("filetype", filetype.replace("\\r\\n", "\r\n")));
		assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
		assertThat(answer.text()).contains("\"type\":\"application/octet-stream\"", "\"content\":\"a=b\"");
	}

	@Test
	void finishedUploadIsRememberedWithoutItsContent() {
		RawResponse created = this.client.create("/documents", 2, Map.of());
		String location = created.header("Location");
		assertThat(this.client.append(location, 0, "hi").status()).isEqualTo(200);
		assertThat(content(location)).doesNotExist();
		RawResponse head = this.client.head(location);
		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("Upload-Offset")).isEqualTo("2");
	}

	@Test
	void lostAnswerCanBeAskedForAgain() {
		RawResponse created = this.client.create("/text", 2, Map.of());
		String location = created.header("Location");
		assertThat(created.header("Upload-Expires")).isNotNull();
		RawResponse answer = this.client.append(location, 0, "hi");
		assertThat(answer.header("Upload-Expires")).as("it is finished").isNull();
		RawResponse again = this.client.append(location, 2, NOTHING);
		assertThat(again.header("Upload-Expires")).isNull();
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.text()).isEqualTo("text hi").isEqualTo(answer.text());
		assertThat(again.header("Content-Type")).isEqualTo(answer.header("Content-Type"));
		assertThat(again.header("Upload-Offset")).isEqualTo("2");
	}

	@Test
	void creationThatFinishesAtOnceHasTheUploadsLocationAndTheHandlersBody() {
		RawResponse answer = this.client.tus("POST", "/text", "hello".getBytes(), "Upload-Length: 5",
				"Content-Type: application/offset+octet-stream");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
		assertThat(answer.header("Location")).startsWith("/text/");
		assertThat(answer.header("Upload-Expires")).isNull();
		assertThat(answer.header("Upload-Offset")).isEqualTo("5");
		assertThat(answer.text()).isEqualTo("text hello");
	}

	@Test
	void emptyUploadIsHandedOverByItsCreation() {
		RawResponse answer = this.client.create("/documents", 0, Map.of());
		assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
		assertThat(answer.text()).contains("\"length\":0");
	}

	@Test
	void emptyUploadIsRefusedWhereAnEmptyRequestIs() {
		assertThat(this.client.send("POST", "/bytes", NOTHING).status()).isEqualTo(400);
		assertThat(this.client.create("/bytes", 0, Map.of()).status()).isEqualTo(400);
	}

	@Test
	void uploadWithDeferredLengthIsHandedOverWhenItsLengthIsDeclared() {
		RawResponse created = this.client.tus("POST", "/text", NOTHING, "Upload-Defer-Length: 1");
		String location = created.header("Location");
		assertThat(this.client.append(location, 0, "abc").status()).isEqualTo(204);
		RawResponse answer = this.client.append(location, 3, NOTHING, "Upload-Length: 3");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("text abc");
	}

	@Test
	void finalUploadIsHandedOverByItsCreation() {
		String one = this.client.tus("POST", "/text", NOTHING, "Upload-Length: 2", "Upload-Concat: partial")
			.header("Location");
		String two = this.client.tus("POST", "/text", NOTHING, "Upload-Length: 2", "Upload-Concat: partial")
			.header("Location");
		assertThat(this.client.append(one, 0, "ab").status()).isEqualTo(204);
		RawResponse early = this.client.tus("POST", "/text", NOTHING, "Upload-Concat: final;" + one + " " + two);
		assertThat(early.status()).isEqualTo(400);
		assertThat(this.client.append(two, 0, "cd").status()).isEqualTo(204);
		RawResponse answer = this.client.tus("POST", "/text", NOTHING, "Upload-Concat: final;" + one + " " + two);
		assertThat(answer.status()).as(answer.toString()).isEqualTo(201);
		assertThat(answer.text()).isEqualTo("text abcd");
	}

	@Test
	void finalUploadTakesTheUrlsOfItsPartsAsTheirAnswersHaveThem() {
		String url = "/projects/a%20b/documents?folder=1,2/3";
		String part = this.client.tus("POST", url, NOTHING, "Upload-Length: 2", "Upload-Concat: partial")
			.header("Location");
		assertThat(part).contains("/a%20b/").endsWith("?folder=1,2/3");
		assertThat(this.client.append(part, 0, "ab").status()).isEqualTo(204);
		RawResponse answer = this.client.tus("POST", url, NOTHING, "Upload-Concat: final;" + part);
		assertThat(answer.text()).isEqualTo("a b got ab");
	}

	@Test
	void queryStringOfTheCreationReachesTheHandler() {
		RawResponse created = this.client.create("/documents?folder=7", 2, Map.of());
		String location = created.header("Location");
		RawResponse answer = this.client.append(location, 0, "hi");
		assertThat(answer.text()).contains("\"query\":\"folder=7\"", "\"uri\":\"/documents\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/bytes         | 200 | 5 bytes
			/text          | 200 | text hello
			/resource      | 200 | true 5
			/form          | 200 | f.txt text/plain 5 hello My title
			/forms         | 200 | 1 hello
			/bean-form     | 200 | My title hello
			/record-form   | 200 | My title hello
			/listed-form   | 200 | My title hello
			/multipart-request | 200 | file hello
			/function-form | 200 | file hello
			/callable      | 200 | called hello
			/deferred      | 202 | deferred hello
			/streaming     | 200 | streamed hello
			/function      | 202 | hello
			/servlet       | 200 | servlet got hello
			/async-servlet | 200 | later hello
			/listening     | 200 | 1 call, 5 bytes
			""")
	void handlersOfEveryKindGetTheContent(String path, int status, String body) {
		RawResponse created = this.client.create(path, 5,
				Map.of("filename", "f.txt", "filetype", "text/plain", "title", "My title"));
		String location = created.header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
		assertThat(answer.text()).isEqualTo(body);
		assertThat(answer.header("Upload-Offset")).isEqualTo("5");
		RawResponse again = this.client.append(location, 5, NOTHING);
		assertThat(again.status()).isEqualTo(status);
		assertThat(again.text()).isEqualTo(body);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/documents", "/bytes", "/text", "/resource", "/form", "/forms", "/callable", "/deferred",
			"/streaming", "/function", "/servlet", "/async-servlet", "/listening", "/half", "/ignoring", "/refusing",
			"/throwing", "/redirecting" })
	@EnabledOnOs(OS.LINUX)
	void whatTheHandlerLeavesOpenIsClosedForIt(String path) throws IOException {
		String location = this.client.create(path, 5, Map.of()).header("Location");
		assertThat(this.client.append(location, 0, "hello").status()).isBetween(200, 499);
		String file = content(location).toString();
		try (Stream<Path> handles = Files.list(Path.of("/proc/self/fd"))) {
			assertThat(handles.map(AbstractEndpointTests::target)).noneMatch((target) -> target.startsWith(file));
		}
	}

	private static String target(Path handle) {
		try {
			return Files.readSymbolicLink(handle).toString();
		}
		catch (IOException ex) {
			return "closed meanwhile";
		}
	}

	@Test
	void endpointMayHaveVariables() {
		RawResponse created = this.client.create("/projects/a%20b/documents", 2, Map.of());
		String location = created.header("Location");
		assertThat(location).startsWith("/projects/a%20b/documents/");
		assertThat(this.client.head(location.replace("a%20b", "other")).status()).isEqualTo(404);
		assertThat(this.client.append(location, 0, "hi").text()).isEqualTo("a b got hi");
	}

	@Test
	void variableMayHaveASemicolon() {
		RawResponse created = this.client.create("/projects/a%3Bb/documents", 2, Map.of());
		String location = created.header("Location");
		assertThat(location).startsWith("/projects/a%3Bb/documents/");
		assertThat(this.client.head(location).header("Upload-Offset")).isEqualTo("0");
		assertThat(this.client.append(location, 0, "hi").text()).isEqualTo("a;b got hi");
	}

	@Test
	void variableOfAnEndpointIsNoUpload() {
		RawResponse posted = this.client.send("POST", "/cases/7/documents", "plain".getBytes(),
				"Content-Type: text/plain");
		assertThat(posted.text()).isEqualTo("7 null request plain");
		assertThat(this.client.upload("/cases/7/documents", "hello", Map.of("title", "My title")).text())
			.isEqualTo("7 My title upload hello");
	}

	@Test
	void metadataOfAnUploadAreFoundWhereTheyAreAskedFor() {
		String location = this.client.create("/files", 2, Map.of("title", "My title")).header("Location");
		String id = location.substring("/files/".length());
		assertThat(this.client.send("GET", "/cases/" + id + "/title", NOTHING).text()).isEqualTo("My title");
		assertThat(this.client.send("GET", "/cases/7/title", NOTHING).status()).isEqualTo(404);
	}

	@Test
	void uploadIsReachableBelowItsEndpointOnly() {
		String location = this.client.create("/documents", 2, Map.of()).header("Location");
		String id = location.substring("/documents/".length());
		assertThat(this.client.head(location).status()).isEqualTo(200);
		assertThat(this.client.head("/files/" + id).status()).isEqualTo(404);
		assertThat(this.client.head("/text/" + id).status()).isEqualTo(404);
		String other = this.client.create("/files", 2, Map.of()).header("Location");
		assertThat(this.client.head("/documents/" + other.substring("/files/".length())).status()).isEqualTo(404);
	}

	@Test
	void requestsThatAreNotResumablePassUntouched() {
		RawResponse posted = this.client.send("POST", "/documents", "plain".getBytes(), "Content-Type: text/plain");
		assertThat(posted.status()).isEqualTo(200);
		assertThat(posted.text()).contains("\"content\":\"plain\"", "\"upload\":\"none\"");
		assertThat(posted.header("Tus-Resumable")).isNull();
		assertThat(this.client.send("GET", "/documents", NOTHING).text()).isEqualTo("list");
		assertThat(this.client.tus("GET", "/documents/7", NOTHING).text()).isEqualTo("document 7");
		assertThat(this.client.send("PUT", "/documents/7", "x".getBytes(), "Content-Type: text/plain").text())
			.isEqualTo("put 7 x");
	}

	@Test
	void optionsShowWhatTheApplicationAndTheProtocolCan() {
		RawResponse options = this.client.send("OPTIONS", "/documents", NOTHING);
		assertThat(options.status()).isIn(200, 204);
		assertThat(options.header("Tus-Version")).isEqualTo("1.0.0");
		assertThat(options.header("Tus-Extension")).contains("concatenation")
			.doesNotContain("concatenation-unfinished");
		assertThat(options.header("Allow")).contains("POST", "GET", "OPTIONS");
		RawResponse below = this.client.send("OPTIONS", "/text/abc", NOTHING);
		assertThat(below.status()).isIn(200, 204);
		assertThat(below.header("Allow")).contains("PATCH", "HEAD", "DELETE");
		assertThat(this.client.tus("OPTIONS", "/documents", NOTHING).status()).isEqualTo(204);
	}

	@Test
	void handlerThatFailsIsCalledAgainByTheClientThatComesBack() {
		this.documents.attempts.set(0);
		String location = this.client.create("/flaky", 5, Map.of()).header("Location");
		RawResponse failed = this.client.append(location, 0, "hello");
		assertThat(failed.status()).isEqualTo(500);
		RawResponse head = this.client.head(location);
		assertThat(head.status()).isEqualTo(200);
		assertThat(head.header("Upload-Offset")).isEqualTo("4");
		assertThat(head.header("Upload-Expires")).as("nobody may come back").isNotNull();
		assertThat(this.client.append(location, 4, "o").status()).isEqualTo(503);
		RawResponse answer = this.client.append(location, 4, "o");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("attempt 3 got hello");
		assertThat(this.client.head(location).header("Upload-Offset")).isEqualTo("5");
	}

	@ParameterizedTest
	@CsvSource({ "/refusing, 422, not hello", "/throwing, 409, no room for hello", "/status, 415, /status" })
	void handlerThatRefusesIsHeardAndTheContentIsGone(String path, int status, String body) {
		String location = this.client.create(path, 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
		assertThat(answer.text()).contains(body);
		assertThat(answer.header("Tus-Resumable")).isEqualTo("1.0.0");
		assertThat(content(location)).doesNotExist();
		assertThat(this.client.head(location).status()).isEqualTo(410);
	}

	@Test
	void handlerThatReadsNothingIsAsGood() {
		String location = this.client.create("/ignoring", 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).isEqualTo(204);
		assertThat(answer.header("X-Ignored")).isEqualTo("yes");
		assertThat(this.client.append(location, 5, NOTHING).header("X-Ignored")).isEqualTo("yes");
		assertThat(content(location)).doesNotExist();
	}

	@Test
	void redirectionOfAHandlerIsNoRedirectionForTheClient() {
		String location = this.client.create("/redirecting", 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).isEqualTo(204);
		assertThat(answer.header("Location")).isEqualTo("/documents/42");
	}

	@Test
	void credentialsAreGivenOnceAndNeverStored() throws IOException {
		String location = this.client.create("/cookie", 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.header("Set-Cookie")).startsWith("session=secret");
		assertThat(answer.header("X-Auth-Token")).isEqualTo("secret");
		RawResponse again = this.client.append(location, 5, NOTHING);
		assertThat(again.text()).isEqualTo("given once");
		assertThat(again.header("X-Kept")).isEqualTo("yes");
		assertThat(again.header("Set-Cookie")).isNull();
		assertThat(again.header("X-Auth-Token")).isNull();
		assertThat(Files.readString(content(location).resolveSibling(content(location).getFileName() + ".info")))
			.contains("X-Kept")
			.doesNotContainIgnoringCase("set-cookie")
			.doesNotContainIgnoringCase("x-auth-token");
	}

	@Test
	void clientThatAsksWhileTheHandlerRunsIsToldToComeBack() throws Exception {
		this.documents.started = new CountDownLatch(1);
		this.documents.goOn = new CountDownLatch(1);
		String location = this.client.create("/slow", 5, Map.of()).header("Location");
		CompletableFuture<RawResponse> answer = CompletableFuture
			.supplyAsync(() -> this.client.append(location, 0, "hello"));
		assertThat(this.documents.started.await(20, TimeUnit.SECONDS)).isTrue();
		RawResponse head = this.client.head(location);
		assertThat(head.status()).isEqualTo(423);
		assertThat(head.header("Retry-After")).isNotNull();
		assertThat(this.client.append(location, 4, "o").status()).isEqualTo(423);
		assertThat(this.client.append(location, 5, NOTHING).status()).isEqualTo(423);
		assertThat(this.client.tus("DELETE", location, NOTHING).status()).isEqualTo(423);
		this.documents.goOn.countDown();
		assertThat(answer.get(20, TimeUnit.SECONDS).text()).isEqualTo("slow hello");
		assertThat(this.client.head(location).header("Upload-Offset")).isEqualTo("5");
	}

	@Test
	void answerOfAClientThatLeftWhileTheHandlerRanIsKeptForIt() throws Exception {
		this.documents.started = new CountDownLatch(1);
		this.documents.goOn = new CountDownLatch(1);
		String location = this.client.create("/slow", 5, Map.of()).header("Location");
		try (RawConnection connection = RawConnection.to(this.server.port())) {
			connection
				.request("PATCH " + location + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0",
						"Upload-Offset: 0", "Content-Type: application/offset+octet-stream", "Content-Length: 5")
				.send("hello");
			assertThat(this.documents.started.await(20, TimeUnit.SECONDS)).isTrue();
			connection.reset();
		}
		assertThat(this.client.head(location).status()).isEqualTo(423);
		this.documents.goOn.countDown();
		await().until(() -> this.client.head(location).status() == 200);
		assertThat(this.client.head(location).header("Upload-Offset")).isEqualTo("5");
		assertThat(this.client.append(location, 5, NOTHING).text()).isEqualTo("slow hello");
	}

	@Test
	void longAnswerIsStreamedAndRememberedWithoutItsBody() {
		String location = this.client.create("/long-answer", 5, Map.of()).header("Location");
		RawResponse answer = this.client.append(location, 0, "hello");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.body()).hasSize(200 * 1024);
		assertThat(answer.header("Upload-Offset")).isEqualTo("5");
		RawResponse again = this.client.append(location, 5, NOTHING);
		assertThat(again.status()).isEqualTo(200);
		assertThat(again.header("X-Long")).isEqualTo("yes");
		assertThat(again.body()).isEmpty();
	}

	@Test
	void methodOverrideWorksAtAnEndpoint() {
		String location = this.client.create("/text", 2, Map.of()).header("Location");
		RawResponse answer = this.client.tus("POST", location, "hi".getBytes(StandardCharsets.UTF_8),
				"X-HTTP-Method-Override: PATCH", "Upload-Offset: 0", "Content-Type: application/offset+octet-stream");
		assertThat(answer.text()).isEqualTo("text hi");
	}

	@Test
	void deletedUploadIsGone() throws IOException {
		String location = this.client.create("/text", 2, Map.of()).header("Location");
		assertThat(this.client.tus("DELETE", location, NOTHING).status()).isEqualTo(204);
		assertThat(this.client.head(location).status()).isEqualTo(404);
		try (Stream<Path> files = Files.list(this.server.directory())) {
			assertThat(files).noneMatch((file) -> file.getFileName().toString().startsWith(location.substring(6)));
		}
	}

}
