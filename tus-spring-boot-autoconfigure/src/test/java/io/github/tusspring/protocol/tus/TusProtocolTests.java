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

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link TusProtocol}: what depends on the server that speaks it, and what no
 * client sends through every server. {@link AbstractTusProtocolTests} has the rest.
 */
class TusProtocolTests {

	private static final UnaryOperator<String> NO_HEADERS = (name) -> null;

	private static final Function<UploadId, String> LOCATION = (id) -> "/files/" + id;

	private static final String SHA1 = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";

	private final TusProtocol full = new TusProtocol(100L, true, true, true);

	private final TusProtocol least = new TusProtocol(null, false, false, false);

	/**
	 * Those of an append, unless there are others of the same name.
	 */
	private static UnaryOperator<String> headers(String... lines) {
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		headers.put("Tus-Resumable", "1.0.0");
		headers.put("Content-Type", "application/offset+octet-stream");
		headers.put("Upload-Offset", "3");
		for (String line : lines) {
			int colon = line.indexOf(':');
			headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
		}
		return headers::get;
	}

	private static void assertRefused(int status, ThrowingCallable request) {
		assertThatExceptionOfType(TusException.class).isThrownBy(request)
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(status));
	}

	private TusOperation.Create create(long contentLength, String... lines) {
		return (TusOperation.Create) this.full.read("POST", false, contentLength, headers(lines), LOCATION);
	}

	private static AppendRequest append(TusProtocol protocol, String... lines) {
		return ((TusOperation.Append) protocol.read("PATCH", true, 5, headers(lines), LOCATION)).request();
	}

	@Test
	void whenAServerHasEverythingThenItSaysSo() {
		assertThat(this.full.capabilities(true)).containsExactly(entry("Allow", "OPTIONS, HEAD, PATCH, DELETE, GET"),
				entry("Tus-Version", "1.0.0"),
				entry("Tus-Extension",
						"creation,creation-with-upload,creation-defer-length,expiration,checksum,checksum-trailer,"
								+ "termination,concatenation,concatenation-unfinished"),
				entry("Tus-Checksum-Algorithm", "sha1,sha256,sha512,md5,crc32,crc32c"), entry("Tus-Max-Size", "100"));
	}

	@Test
	void whenAServerHasTheLeastThenItPromisesNoMore() {
		assertThat(this.least.capabilities(true)).containsExactly(entry("Allow", "OPTIONS, HEAD, PATCH, DELETE"),
				entry("Tus-Version", "1.0.0"),
				entry("Tus-Extension",
						"creation,creation-with-upload,creation-defer-length,checksum,termination,concatenation,"
								+ "concatenation-unfinished"),
				entry("Tus-Checksum-Algorithm", "sha1,sha256,sha512,md5,crc32,crc32c"));
	}

	@Test
	void whenUploadsAreHandedOverThenTheirPartsCanNotFollow() {
		assertThat(this.full.forHandOver(50L, false).capabilities(true)).containsExactly(
				entry("Allow", "OPTIONS, HEAD, PATCH, DELETE"), entry("Tus-Version", "1.0.0"),
				entry("Tus-Extension",
						"creation,creation-with-upload,creation-defer-length,checksum,checksum-trailer,termination,"
								+ "concatenation"),
				entry("Tus-Checksum-Algorithm", "sha1,sha256,sha512,md5,crc32,crc32c"), entry("Tus-Max-Size", "50"));
	}

	@Test
	void whenUploadsAreHandedOverThenTheyCanNotBeDownloaded() {
		assertThat(this.full.hasDownloads()).isTrue();
		assertThat(this.full.forHandOver(null, true).hasDownloads()).isFalse();
	}

	@Test
	void whenTheCreationUrlIsMeantThenItTakesPostOnly() {
		assertThat(this.full.capabilities(false)).containsEntry("Allow", "OPTIONS, POST");
	}

	@Test
	void whenAlgorithmsAreAdvertisedThenNoneIsMissing() {
		assertThat(this.full.capabilities(false).get("Tus-Checksum-Algorithm").split(",")).containsExactly(
				Arrays.stream(ChecksumAlgorithm.values()).map(ChecksumAlgorithm::id).toArray(String[]::new));
	}

	@Test
	void whenDownloadsAreOnThenAnyClientCanGetAnUpload() {
		assertThat(this.full.read("GET", true, 0, NO_HEADERS, LOCATION)).isInstanceOf(TusOperation.Download.class);
	}

	@Test
	void whenDownloadsAreOnThenTheCreationUrlIsNone() {
		assertRefused(412, () -> this.full.read("GET", false, 0, NO_HEADERS, LOCATION));
		assertRefused(405, () -> this.full.read("GET", false, 0, headers(), LOCATION));
	}

	@Test
	void whenDownloadsAreOffThenGetIsHead() {
		assertThat(this.least.read("GET", true, 0, headers(), LOCATION)).isInstanceOf(TusOperation.Inspect.class);
		assertRefused(412, () -> this.least.read("GET", true, 0, NO_HEADERS, LOCATION));
	}

	@Test
	void whenAClientAsksWhatTheServerCanDoThenItNeedNotKnowTheVersion() {
		assertThat(this.full.read("OPTIONS", false, 0, NO_HEADERS, LOCATION)).isEqualTo(new TusOperation.Options());
	}

	@Test
	void whenTheVersionIsAnotherThenTheAnswerNamesOurs() {
		assertThatExceptionOfType(TusException.class)
			.isThrownBy(() -> this.full.read("HEAD", true, 0, headers("Tus-Resumable: 0.2.2"), LOCATION))
			.satisfies((ex) -> assertThat(ex.headers()).containsExactly(entry("Tus-Version", "1.0.0")));
	}

	@Test
	void whenTheMethodIsNotAllowedThenTheAnswerSaysWhichAre() {
		assertThatExceptionOfType(TusException.class)
			.isThrownBy(() -> this.full.read("PUT", true, 0, headers(), LOCATION))
			.satisfies((ex) -> assertThat(ex.headers())
				.containsExactly(entry("Allow", "OPTIONS, HEAD, PATCH, DELETE, GET")));
		assertThatExceptionOfType(TusException.class)
			.isThrownBy(() -> this.full.read("PATCH", false, 0, headers(), LOCATION))
			.satisfies((ex) -> assertThat(ex.headers()).containsExactly(entry("Allow", "OPTIONS, POST")));
	}

	@ParameterizedTest
	@CsvSource({ "POST, patch, PATCH", "POST, ' DELETE ', DELETE", "POST, HEAD, HEAD", "POST, GET, POST",
			"POST, OPTIONS, POST", "OPTIONS, PATCH, OPTIONS", "PATCH, DELETE, PATCH", "POST, , POST", "GET, , GET" })
	void whenAPostStandsForAnotherMethodThenItIsOneThatUploadsHave(String method, String override, String meant) {
		assertThat(TusProtocol.method(method, (name) -> override)).isEqualTo(meant);
	}

	@ParameterizedTest
	@CsvSource({ "0, 0", "000, 0", "0007, 7", "999999999999999999, 999999999999999999",
			"9223372036854775807, 9223372036854775807", "0009223372036854775807, 9223372036854775807" })
	void whenALengthIsOfDigitsThenItCounts(String length, long bytes) {
		assertThat(create(0, "Upload-Length: " + length).length()).isEqualTo(bytes);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "-1", "+1", "1.0", "0x5", "1,1", "9223372036854775808", "10000000000000000000", "/",
			":", "\u0661" })
	void whenALengthIsNoNumberThen400(String length) {
		assertRefused(400, () -> create(0, "Upload-Length: " + length));
	}

	@Test
	void whenABodyOfUnknownLengthFollowsThenItIsTheFirstAppend() {
		AppendRequest body = create(-1, "Upload-Defer-Length: 1").body();
		assertThat(body).isEqualTo(new AppendRequest(0, -1, null, null, false));
	}

	@Test
	void whenNoBodyFollowsThenNothingIsAppended() {
		assertThat(create(0, "Upload-Length: 5").body()).isNull();
	}

	@Test
	void whenTheBodyIsOfAnotherTypeThenNothingIsAppended() {
		assertThat(create(5, "Upload-Length: 5", "Content-Type: text/plain").body()).isNull();
	}

	@Test
	void whenAFinalUploadHasABodyThenNothingIsAppended() {
		TusOperation.Create create = create(5, "Upload-Concat: final;a b");
		assertThat(create.body()).isNull();
		assertThat(create.length()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Upload-Length: 1", "Upload-Defer-Length: 1" })
	void whenTheLengthOfAFinalUploadIsDeclaredThen400(String length) {
		assertThatExceptionOfType(TusException.class).isThrownBy(() -> create(0, "Upload-Concat: final;a", length))
			.withMessage("The length of a final upload must not be declared")
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(400));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/files/a,/files/b", "/files/a,files/b", "/files/a,../files/b", "/files/a;files/b",
			"/files/a%20files/b", "files/a%20files/b", "../files/a%20../files/b", "files/a+files/b",
			"/files/a|/files/b", "https://h/files/a%2Chttps://h/files/b", "/files/a%0d%0a/files/b", "/files/a,/other/b",
			"files/a?sig=1,files/b?sig=2", "/files/a?x=1;files/b", "/files/a?x=1%20files/b", "a?sig=1,b?sig=2",
			"/files/a#x,/files/b", "/files/a,/files/b /files/c", "/files/a /files/b,final;/files/c /files/d" })
	void whenAnythingElseThanSpacesPartsTheUrlsOfAFinalUploadThen400(String urls) {
		assertRefused(400, () -> create(0, "Upload-Concat: final;" + urls));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/x/files/a", "/%C3%BCber/files/a", "https://[::1]:8080/x~y_(1)/files/a",
			"/files/a?x=1,2;3", "/files/a?token=ab+cd/ef==", "/files/a?x=1,2&y=/z", "/files/a?x=%20y#/z",
			"//h/files/a/?x", "https://me@h/a$b'c!/files/a", "/my%20albums/1,2;v=1/a /my%20albums/1,2;v=1/a" })
	void whenAUrlCanBeNoMoreThanOneThenItIsTaken(String url) {
		assertThat(create(0, "Upload-Concat: final;" + url).concatenation()).isInstanceOfSatisfying(
				Concatenation.Final.class,
				(concatenation) -> assertThat(concatenation.parts()).containsOnly(UploadId.of("a")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/files;v=1/%s", "/my%%20files/1,2/%s", "/a+b/%s?folder=1,2/3&x=y z",
			"https://h:8080/a%%20b/%s?x=1;/y" })
	void whenAUrlIsAsOurAnswersHaveItThenItIsTaken(String ours) {
		Function<UploadId, String> location = (id) -> ours.formatted(id).replace(" ", "%20");
		String path = location.apply(UploadId.of("a")).replaceFirst("^https://[^/]*", "");
		for (String url : new String[] { path, "https://other" + path, "/proxy" + path }) {
			assertThat(this.full.read("POST", false, 0, headers("Upload-Concat: final;" + url), location))
				.isInstanceOf(TusOperation.Create.class);
		}
		String another = location.apply(UploadId.of("b"));
		assertRefused(400, () -> this.full.read("POST", false, 0,
				headers("Upload-Concat: final;" + path + "," + another), location));
	}

	@Test
	void whenATabPartsTheUrlsOfAFinalUploadThen400() {
		// Some servers make a space of it.
		assertThatExceptionOfType(TusException.class)
			.isThrownBy(() -> create(0, "Upload-Concat: final;/files/a\t/files/b"))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(400));
	}

	@Test
	void whenTheLengthOfAPartialUploadIsMissingThen400() {
		assertThatExceptionOfType(TusException.class).isThrownBy(() -> create(0, "Upload-Concat: partial"))
			.withMessage("Either Upload-Length or Upload-Defer-Length: 1 must be sent")
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(400));
	}

	@Test
	void whenAnUploadIsAPartThenItIsCreatedAsOne() {
		assertThat(create(0, "Upload-Concat: partial", "Upload-Length: 1").concatenation())
			.isEqualTo(new Concatenation.Partial());
	}

	@Test
	void whenAnUploadIsNoPartThenItPlaysNone() {
		assertThat(create(0, "Upload-Length: 1").concatenation()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "/files/a", "/files/a/", "https://example.org/files/a", "a?x=/y", "/files/a#b/c",
			"/files/a/?x" })
	void whenAPartIsNamedByItsUrlThenItsLastSegmentCounts(String url) {
		assertThat(create(0, "Upload-Concat: final;" + url + "   b").concatenation())
			.isInstanceOfSatisfying(Concatenation.Final.class, (concatenation) -> {
				assertThat(concatenation.parts()).containsExactly(UploadId.of("a"), UploadId.of("b"));
				assertThat(concatenation.urls()).isEqualTo(url + "   b");
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "final", "final;", "final; ", "final;/", "final;?a", "final;a/../", "final;a b//",
			"Final;a", "partial;", "" })
	void whenAConcatenationIsMalformedThen400(String concat) {
		assertRefused(400, () -> create(0, "Upload-Concat: " + concat));
	}

	@Test
	void whenMetadataIsAbsentThenItIsEmpty() {
		assertThat(create(0, "Upload-Length: 1").metadata()).isEqualTo(UploadMetadata.EMPTY);
	}

	@Test
	void whenAnAppendDeclaresTheLengthThenItIsPassedOn() {
		assertThat(append(this.full, "Upload-Length: 8")).isEqualTo(new AppendRequest(3, 5, 8L, null, false));
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/offset+octet-stream;charset=x", "Application/Offset+Octet-Stream",
			"application/offset+octet-stream ;" })
	void whenTheContentTypeIsWrittenOtherwiseThenItCounts(String type) {
		assertThat(append(this.full, "Content-Type: " + type).offset()).isEqualTo(3);
	}

	@Test
	void whenAnAppendHasNoContentTypeThen415() {
		UnaryOperator<String> headers = Map.of("Tus-Resumable", "1.0.0", "Upload-Offset", "3")::get;
		assertRefused(415, () -> this.full.read("PATCH", true, 5, headers, LOCATION));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "0", "2", "1.0" })
	void whenTheLengthIsDeferredByAnotherWordThen400(String deferred) {
		assertRefused(400, () -> create(0, "Upload-Defer-Length: " + deferred));
	}

	@Test
	void whenAChecksumWillFollowThenItIsAwaited() {
		assertThat(append(this.full, "Trailer: X-Other, upload-checksum").checksumFollows()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "X-Other", "Upload-Checksum-Of-Mine", "" })
	void whenAnotherTrailerWillFollowThenNoChecksumIsAwaited(String trailer) {
		assertThat(append(this.full, "Trailer: " + trailer).checksumFollows()).isFalse();
	}

	@Test
	void whenTheServerSeesNoTrailersThenNoChecksumIsAwaited() {
		assertThat(append(this.least, "Trailer: Upload-Checksum").checksumFollows()).isFalse();
	}

	@Test
	void whenAChecksumIsThereThenNoOtherIsAwaited() {
		AppendRequest request = append(this.full, "Upload-Checksum: " + SHA1, "Trailer: Upload-Checksum");
		assertThat(request.checksumFollows()).isFalse();
		assertThat(request.checksum()).satisfies((checksum) -> {
			assertThat(checksum.algorithm()).isEqualTo(ChecksumAlgorithm.SHA1);
			assertThat(checksum.value()).hasSize(20).startsWith(0x2a, 0xae);
		});
	}

	@Test
	void whenAChecksumComesInATrailerThenItIsRead() {
		assertThat(TusProtocol.trailer(headers("Upload-Checksum: " + SHA1)))
			.satisfies((checksum) -> assertThat(checksum.algorithm()).isEqualTo(ChecksumAlgorithm.SHA1));
	}

	@Test
	void whenNoTrailerComesThenThereIsNoChecksum() {
		assertThat(TusProtocol.trailer(NO_HEADERS)).isNull();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "sha1", "sha1 ", "sha1 AAAA", "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0", "sha2 AAAA", " AAAA", "" })
	void whenAChecksumIsMalformedThen400(String checksum) {
		assertRefused(400, () -> TusProtocol.trailer((name) -> checksum));
	}

}
