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

package com.example.tus;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample's page in Chromium, behind a proxy that can be slow and can cut.
 */
@SampleTest
@EnabledWithBrowser
class SamplePageTests {

	private static Browser browser;

	@TempDir
	private Path files;

	@LocalServerPort
	private int port;

	@Autowired
	private TusUploads uploads;

	@Autowired
	private TestListener listener;

	private CuttingProxy proxy;

	@BeforeAll
	static void openBrowser() {
		browser = new Browser();
	}

	@AfterAll
	static void closeBrowser() {
		browser.close();
	}

	@BeforeEach
	void openPage() throws IOException {
		try (Stream<Upload> all = this.uploads.list()) {
			all.toList().forEach((upload) -> this.uploads.delete(upload.id()));
		}
		this.proxy = new CuttingProxy(this.port);
		browser.openFresh(page());
	}

	@AfterEach
	void closeProxy() throws IOException {
		browser.open("about:blank");
		this.proxy.close();
		this.listener.releaseAll();
	}

	@Test
	void chosenFilesAreUploadedAndListed() throws Exception {
		Path first = file("first file.bin", 300_000);
		Path second = file("zweite Datei – 二.bin", 200_000);
		browser.choose("#files", first, second);
		browser.awaitText("#finished",
				(text) -> text.contains("first file.bin") && text.contains("zweite Datei – 二.bin"));
		assertThat(browser.text("#finished")).contains("300 KB", "200 KB", "today");
		assertThat(browser.all("#active > *")).isEmpty();
		assertThat(browser.text("#announcer")).endsWith("finished");
		assertContent(first);
		assertContent(second);
	}

	@Test
	void droppedFileIsUploaded() {
		browser.run("""
				const data = new DataTransfer();
				data.items.add(new File(['dropped'], 'dropped.txt', { type: 'text/plain' }));
				document.querySelector('#drop-zone')
					.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
				""");
		browser.awaitText("#finished", (text) -> text.contains("dropped.txt"));
		assertThat(upload("dropped.txt").metadata().filetype()).isEqualTo("text/plain");
	}

	@Test
	void filesOfADroppedFolderAreUploaded() throws Exception {
		Path folder = Files.createDirectories(this.files.resolve("folder/inner"));
		Files.writeString(folder.resolve("inner.txt"), "inner");
		Files.writeString(folder.resolveSibling("outer.txt"), "outer");
		browser.drop("#drop-zone", this.files.resolve("folder"), file("beside.bin", 1000));
		browser.awaitText("#finished",
				(text) -> Stream.of("inner.txt", "outer.txt", "beside.bin").allMatch(text::contains));
		assertThat(uploads()).hasSize(3);
	}

	@Test
	void emptyFileIsUploaded() throws Exception {
		browser.choose("#files", file("empty.txt", 0));
		browser.awaitText("#finished", (text) -> text.contains("empty.txt"));
		assertThat(browser.text("#finished")).contains("0 B");
		assertThat(upload("empty.txt").length()).isZero();
	}

	@Test
	void finishedFileIsOfferedForDownload() throws Exception {
		Path file = file("download.bin", 100_000);
		browser.choose("#files", file);
		browser.awaitText("#finished", (text) -> text.contains("download.bin"));
		URI link = URI.create(browser.all("#finished a").get(0).getDomProperty("href"));
		HttpResponse<byte[]> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofByteArray());
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).isEqualTo(Files.readAllBytes(file));
	}

	@Test
	void finishedFileCanBeDeleted() throws Exception {
		browser.choose("#files", file("superfluous.bin", 1000));
		browser.awaitText("#finished", (text) -> text.contains("superfluous.bin"));
		browser.click("#finished .delete");
		browser.awaitText("#finished-empty", "Nothing yet."::equals);
		assertThat(uploads()).isEmpty();
	}

	@Test
	void fileThatCanNotBeDeletedSaysSo() throws Exception {
		browser.choose("#files", file("stays.bin", 1000));
		browser.awaitText("#finished", (text) -> text.contains("stays.bin"));
		this.proxy.close();
		browser.click("#finished .delete");
		browser.awaitText("#finished .state", "It can’t be deleted at the moment."::equals);
		assertThat(uploads()).hasSize(1);
	}

	@Test
	void pageOfAProxyIsNotShownAsText() {
		Map<String, Object> messages = browser.call("""
				const { messageOf } = await import('/view.js');
				const message = (type, body) => messageOf({
					originalResponse: { getStatus: () => 502, getHeader: () => type, getBody: () => body } });
				return { page: message('text/html', '<h1>Bad Gateway</h1>'),
					text: message('text/plain;charset=UTF-8', 'No cats, please.') };
				""");
		assertThat(messages).containsEntry("page", "The server answered 502.")
			.containsEntry("text", "No cats, please.");
	}

	@Test
	void rateAndRemainingTimeAreShown() throws Exception {
		this.proxy.slowDown(1_000_000);
		browser.choose("#files", file("slow.bin", 20_000_000));
		browser.awaitText("#active .state", (text) -> text.matches("\\d+ % · [0-9.]+ [KM]B/s · \\d+ s left"));
		assertThat(Integer.parseInt(browser.all("#active .bar").get(0).getDomAttribute("aria-valuenow"))).isPositive();
	}

	@Test
	void pausedUploadGoesOnWhereItWas() throws Exception {
		Path file = file("paused.bin", 10_000_000);
		this.proxy.slowDown(1_000_000);
		browser.choose("#files", file);
		browser.awaitText("#active .state", (text) -> text.contains("left"));
		browser.click("#active .pause");
		browser.awaitText("#active .state", (text) -> text.startsWith("Paused at"));
		long offset = upload("paused.bin").offset();
		assertThat(offset).isBetween(1L, 9_999_999L);
		this.proxy.slowDown(Long.MAX_VALUE);
		browser.click("#active .resume");
		browser.awaitText("#finished", (text) -> text.contains("paused.bin"));
		assertContent(file);
		assertThat(uploads()).hasSize(1);
	}

	@Test
	void cancelledUploadIsRemovedFromTheServer() throws Exception {
		this.proxy.slowDown(1_000_000);
		browser.choose("#files", file("cancelled.bin", 10_000_000));
		browser.awaitText("#active .state", (text) -> text.contains("left"));
		browser.click("#active .cancel");
		browser.awaitText("#active", String::isEmpty);
		assertThat(uploads()).isEmpty();
		browser.reload();
		browser.awaitText("#finished-empty", "Nothing yet."::equals);
		assertThat(browser.all("#unfinished > *")).isEmpty();
	}

	@Test
	@Tag("long")
	void cancellingDoesNotWaitUntilOtherFilesAreSent() throws Exception {
		this.proxy.slowDown(500_000);
		Path[] files = new Path[7];
		for (int i = 0; i < files.length; i++) {
			files[i] = file("many " + i + ".bin", 10_000_000 + i);
		}
		browser.choose("#files", files);
		browser.awaitText("#active .state", (text) -> text.contains("left") && text.contains("Waiting for others …"));
		browser.click("#active .cancel");
		browser.awaitText("#active", (text) -> !text.contains("many 0.bin"));
		assertThat(browser.all("#finished > *")).isEmpty();
	}

	@Test
	void uploadThatWasRemovedStaysSoWhenTheNetworkIsBack() throws Exception {
		Path file = file("removed.bin", 10_000);
		browser.setOffline(true);
		browser.choose("#files", file);
		browser.awaitText("#active .state", "There is no network."::equals);
		browser.click("#active .cancel");
		browser.awaitText("#active", String::isEmpty);
		browser.setOffline(false);
		browser.choose("#files", file("kept.bin", 10_000));
		browser.awaitText("#finished", (text) -> text.contains("kept.bin"));
		assertThat(uploads()).hasSize(1);
	}

	@Test
	void unfinishedUploadIsOfferedAfterReloadAndGoesOn() throws Exception {
		Path file = file("reloaded.bin", 10_000_000);
		this.proxy.slowDown(1_000_000);
		browser.choose("#files", file);
		browser.awaitText("#active .state", (text) -> text.contains("left"));
		comeBack();
		browser.awaitText("#unfinished", (text) -> text.contains("reloaded.bin") && text.contains(" % · started"));
		assertThat(upload("reloaded.bin").offset()).isPositive();
		this.proxy.slowDown(Long.MAX_VALUE);
		browser.choose("#unfinished .choose input", file);
		browser.awaitText("#finished", (text) -> text.contains("reloaded.bin"));
		assertThat(browser.all("#unfinished > *")).isEmpty();
		assertContent(file);
		assertThat(uploads()).hasSize(1);
	}

	@Test
	void otherTabIsFollowedUntilTheListenerHasTakenTheFile() throws Exception {
		Path file = file("held by the listener.bin", 20_000_000);
		this.proxy.slowDown(1_000_000);
		String first = browser.openTab(page());
		String second = browser.currentTab();
		browser.switchTo(first);
		browser.choose("#files", file);
		browser.awaitText("#active .state", (text) -> text.contains("left"));
		browser.switchTo(second);
		browser.awaitText("#elsewhere .state", (text) -> text.matches("\\d+ % · [0-9.]+ [KM]B/s"));
		this.proxy.slowDown(Long.MAX_VALUE);
		browser.awaitText("#elsewhere .state", "Finishing …"::equals);
		assertThat(browser.text("#elsewhere")).contains("held by the listener.bin");
		assertThat(browser.text("#finished")).isEmpty();
		this.listener.release();
		browser.awaitText("#finished", (text) -> text.contains("held by the listener.bin"));
		assertThat(browser.all("#elsewhere > *")).isEmpty();
		assertThat(browser.text("#announcer")).isEqualTo("held by the listener.bin finished");
		browser.closeTab(first);
	}

	@Test
	void fileThatAnotherTabGivesUpIsOffered() throws Exception {
		this.proxy.slowDown(1_000_000);
		String first = browser.openTab(page());
		browser.choose("#files", file("given up.bin", 40_000_000));
		browser.awaitText("#active .state", (text) -> text.contains("left"));
		browser.closeTab(first);
		browser.awaitText("#elsewhere", (text) -> text.contains("given up.bin"));
		this.proxy.slowDown(Long.MAX_VALUE);
		browser.awaitText("#unfinished", (text) -> text.contains("given up.bin") && text.contains(" % · started"));
		browser.click("#unfinished .discard");
		browser.awaitText("#unfinished", String::isEmpty);
		assertThat(uploads()).isEmpty();
	}

	@Test
	void otherFileIsNotTakenForTheUnfinishedOne() throws Exception {
		this.proxy.slowDown(1_000_000);
		browser.choose("#files", file("mine.bin", 10_000_000));
		browser.awaitText("#active .state", (text) -> text.contains("left"));
		comeBack();
		browser.awaitText("#unfinished", (text) -> text.contains("mine.bin"));
		browser.choose("#unfinished .choose input", file("other.bin", 10_000_000));
		browser.awaitText("#unfinished", (text) -> text.contains("This is another file"));
		browser.click("#unfinished .discard");
		browser.awaitText("#unfinished", String::isEmpty);
		assertThat(uploads()).isEmpty();
	}

	@Test
	void sameFileAgainIsDoneAtOnce() throws Exception {
		Path file = file("again.bin", 2_000_000);
		browser.choose("#files", file);
		browser.awaitText("#finished", (text) -> text.contains("again.bin"));
		browser.choose("#files", file);
		browser.awaitText("#announcer", (text) -> text.contains("again.bin finished"));
		assertThat(this.listener.attempts("again.bin")).containsExactly(1);
		assertThat(uploads()).hasSize(1);
	}

	@Test
	void parallelUploadBecomesOneFile() throws Exception {
		Path file = file("parallel.bin", 5_000_001);
		browser.click(".switch");
		browser.choose("#files", file);
		browser.awaitText("#finished", (text) -> text.contains("parallel.bin"));
		assertContent(file);
		assertThat(browser.all("#finished .item")).hasSize(1);
	}

	@Test
	void everyKindOfCutIsSurvivedWithoutAHand() throws Exception {
		for (CuttingProxy.Cut cut : CuttingProxy.Cut.values()) {
			Path file = file(cut + ".bin", 4_000_000);
			int before = this.proxy.cuts();
			this.proxy.cutAfter(1_500_000, cut);
			browser.choose("#files", file);
			browser.awaitText("#finished", (text) -> text.contains(cut + ".bin"));
			assertThat(this.proxy.cuts()).as("%s", cut).isGreaterThan(before);
			assertContent(file);
			assertThat(this.listener.attempts(cut + ".bin")).containsExactly(1);
		}
	}

	@Test
	void failingListenerIsTriedAgainWithoutAHand() throws Exception {
		Path file = file("fails-once.bin", 500_000);
		browser.choose("#files", file);
		browser.awaitText("#finished", (text) -> text.contains("fails-once.bin"));
		assertThat(this.listener.attempts("fails-once.bin")).containsExactly(1, 2);
		assertContent(file);
	}

	@Test
	void refusalOfTheListenerIsShown() throws Exception {
		browser.choose("#files", file("refused.bin", 500_000));
		browser.awaitText("#active .failed .state", "No cats, please."::equals);
		assertThat(browser.text("#announcer")).isEqualTo("refused.bin: No cats, please.");
		browser.click("#active .cancel");
		browser.awaitText("#active", String::isEmpty);
	}

	@Test
	void refusalOfTheSizeIsShown() throws Exception {
		Path file = this.files.resolve("huge.bin");
		try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
			sparse.setLength(129 * 1024 * 1024);
		}
		browser.choose("#files", file);
		browser.awaitText("#active .failed .state", (text) -> text.contains("134217728 bytes"));
		assertThat(uploads()).isEmpty();
	}

	@Test
	void answerOfTheDocumentsControllerIsShown() throws Exception {
		Path file = file("document.bin", 3_000_000);
		this.proxy.cutAfter(1_500_000, CuttingProxy.Cut.CLOSE);
		browser.choose("#document-files", file);
		browser.awaitText("#documents", (text) -> text.contains("\"filename\": \"document.bin\""));
		assertThat(browser.text("#documents")).contains("\"size\": 3000000", "\"sha256\": \"" + sha256(file) + "\"");
		assertThat(this.proxy.cuts()).isEqualTo(1);
		assertThat(browser.text("#finished")).doesNotContain("document.bin");
	}

	@Test
	void unfinishedDocumentGoesOnAfterReload() throws Exception {
		Path file = file("document.bin", 10_000_000);
		this.proxy.slowDown(1_000_000);
		browser.choose("#document-files", file);
		browser.awaitText("#active .state", (text) -> text.contains("left"));
		comeBack();
		browser.awaitText("#unfinished", (text) -> text.contains("document.bin") && text.contains(" % · started"));
		this.proxy.slowDown(Long.MAX_VALUE);
		browser.choose("#unfinished .choose input", file);
		browser.awaitText("#documents", (text) -> text.contains(sha256(file)));
		assertThat(uploads()).hasSize(1);
	}

	/**
	 * Leaves the page and opens it again when nothing of it is on its way any more.
	 */
	private void comeBack() throws IOException {
		browser.open("about:blank");
		this.proxy.cut();
		browser.open(page());
	}

	private String page() {
		return "http://localhost:" + this.proxy.port() + "/";
	}

	private static String sha256(Path file) {
		try {
			return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
		}
		catch (IOException | NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Path file(String name, int size) throws IOException {
		byte[] content = new byte[size];
		new Random(size).nextBytes(content);
		return Files.write(this.files.resolve(name), content);
	}

	private List<Upload> uploads() {
		try (Stream<Upload> all = this.uploads.list()) {
			return all.toList();
		}
	}

	private Upload upload(String filename) {
		return uploads().stream()
			.filter((upload) -> filename.equals(upload.metadata().filename()))
			.findFirst()
			.orElseThrow();
	}

	private void assertContent(Path file) throws IOException {
		byte[] content = this.uploads.open(upload(file.getFileName().toString()).id()).getContentAsByteArray();
		assertThat(Arrays.equals(content, Files.readAllBytes(file))).as("%s is the same", file).isTrue();
	}

}
