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

package io.github.tusspring.storage.s3;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Manifest}.
 */
class ManifestTests {

	private static final UploadId ID = UploadId.of("a");

	private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);

	private static Manifest manifest() {
		return Manifest.of(NewUpload.builder(ID).length(6L).build(), S3Location.of("content/a"), NOW);
	}

	private static Manifest full() {
		Manifest manifest = manifest();
		manifest.parts = List.of(new Manifest.Part(1, "tag", 4));
		manifest.tails = List.of(new Manifest.Tail("tail", 2));
		return manifest;
	}

	/**
	 * Returns a manifest of which every field says something.
	 */
	private static Manifest withAllFields() throws IllegalAccessException {
		Manifest manifest = full();
		for (Field field : Manifest.class.getDeclaredFields()) {
			if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
				continue;
			}
			if (field.getType() == boolean.class) {
				field.set(manifest, true);
			}
			else if (field.getType() == int.class || field.getType() == long.class) {
				field.set(manifest, 7);
			}
			else if (field.getType() == Long.class) {
				field.set(manifest, 8L);
			}
			else if (field.getType() == String.class && field.get(manifest) == null) {
				field.set(manifest, "text of " + field.getName());
			}
		}
		manifest.partialUploads = List.of("b");
		manifest.state = UploadState.REJECTED;
		manifest.answer = new Manifest.Answer(200, Map.of("A", "b"), "");
		return manifest;
	}

	@Test
	void whenManifestIsCopiedThenNothingIsLost() throws Exception {
		Manifest manifest = withAllFields();
		assertThat(manifest).hasNoNullFieldsOrProperties();
		assertThat(manifest.copy()).usingRecursiveComparison().isEqualTo(manifest);
	}

	@Test
	void whenACopyIsChangedThenTheOriginalStaysAsItWas() {
		Manifest manifest = full();
		Manifest copy = manifest.copy();
		copy.parts.add(new Manifest.Part(2, "tag", 4));
		copy.tails.clear();
		assertThat(manifest.offset()).isEqualTo(6);
	}

	@Test
	void whenManifestIsStoredThenItIsReadAsItWas() throws Exception {
		Manifest manifest = withAllFields();
		JsonMapper mapper = JsonMapper.shared();
		assertThat(mapper.readValue(mapper.writeValueAsBytes(manifest), Manifest.class)).usingRecursiveComparison()
			.isEqualTo(manifest);
	}

	@Test
	void whenAFieldIsNotKnownThenItIsIgnored() {
		JsonMapper mapper = JsonMapper.shared();
		String json = mapper.writeValueAsString(full()).replace("\"number\":1", "\"number\":1,\"checksum\":\"x\"");
		assertThat(json).contains("checksum");
		assertThat(mapper.readValue(json, Manifest.class).parts).isEqualTo(full().parts);
	}

	@Test
	void whenContentIsNotStoredThenItsPartsAndTailsAddUp() {
		assertThat(full().offset()).isEqualTo(6);
		assertThat(full().tailSize()).isEqualTo(2);
		assertThat(full().isFull()).isTrue();
	}

	@Test
	void whenContentIsStoredThenItsOwnLengthCounts() {
		Manifest manifest = full();
		manifest.stored = 3L;
		assertThat(manifest.offset()).isEqualTo(3);
		assertThat(manifest.isFull()).isFalse();
	}

	@Test
	void whenLengthIsNotKnownThenAnUploadIsNotFull() {
		Manifest manifest = full();
		manifest.size = null;
		assertThat(manifest.isFull()).isFalse();
		assertThat(manifest.state()).isEqualTo(UploadState.RECEIVING);
	}

	@Test
	void whenAllBytesAreThereThenAnUploadIsFinishing() {
		assertThat(manifest().state()).isEqualTo(UploadState.RECEIVING);
		assertThat(full().state()).isEqualTo(UploadState.FINISHING);
	}

	@Test
	void whenAllBytesAreThereThenAPartialUploadIsCompleted() {
		Manifest manifest = full();
		manifest.isPartial = true;
		assertThat(manifest.state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenAllBytesAreThereThenAClientOfTheDraftStillHasToSaySo() {
		Manifest manifest = full();
		manifest.draft = 9;
		assertThat(manifest.state()).isEqualTo(UploadState.RECEIVING);
	}

	@Test
	void whenAStateIsStoredThenItIsTheState() {
		Manifest manifest = full();
		manifest.state = UploadState.REJECTED;
		assertThat(manifest.state()).isEqualTo(UploadState.REJECTED);
	}

	@Test
	void whenHolderHasBegunAnAttemptThenTheOthersCountIt() {
		Manifest manifest = full();
		manifest.holder = "here";
		manifest.attempts = 2;
		assertThat(manifest.attemptsSeenBy("there")).isEqualTo(2);
		manifest.begun = true;
		assertThat(manifest.attemptsSeenBy("there")).isEqualTo(3);
		assertThat(manifest.attemptsSeenBy("here")).isEqualTo(2);
	}

	@Test
	void whenHolderDeliversTheUploadThenTheOthersSeeItsClaim() {
		Manifest manifest = full();
		manifest.holder = "here";
		manifest.claimed = NOW.plusSeconds(30).toString();
		assertThat(manifest.toUpload("there").isClaimed(NOW)).isTrue();
		assertThat(manifest.toUpload("here").isClaimed(NOW)).isFalse();
		manifest.state = UploadState.COMPLETED;
		assertThat(manifest.toUpload("there").isClaimed(NOW)).isFalse();
	}

	@Test
	void whenEverythingIsSaidThenTheUploadHasIt() {
		NewUpload asked = NewUpload.builder(ID)
			.length(6L)
			.metadata(UploadMetadata.parse("filename Yg=="))
			.owner("ben")
			.endpoint("/videos")
			.endpointPattern("/{kind}")
			.remoteAddress("::1")
			.draft(9)
			.concatenation(new Concatenation.Partial())
			.build();
		Manifest manifest = Manifest.of(asked, S3Location.of("content/a"), NOW);
		manifest.lateLength = true;
		manifest.completed = NOW.plusSeconds(1).toString();
		Upload upload = manifest.toUpload("here");
		assertThat(upload.asked()).usingRecursiveComparison().isEqualTo(asked);
		assertThat(upload.created()).isEqualTo(NOW);
		assertThat(upload.modified()).isEqualTo(NOW);
		assertThat(upload.completed()).isEqualTo(NOW.plusSeconds(1));
		assertThat(upload.lateLength()).isTrue();
		assertThat(upload.answer()).isNull();
	}

	@Test
	void whenUrlsOfPartsAreNotSaidThenTheirIdsAre() {
		Manifest manifest = manifest();
		manifest.partialUploads = List.of("b", "c");
		assertThat(manifest.isFinal()).isTrue();
		assertThat(manifest.asked().concatenation())
			.isEqualTo(new Concatenation.Final(List.of(UploadId.of("b"), UploadId.of("c")), "b c"));
	}

	@Test
	void whenManifestIsWholeThenItIsAnUploads() {
		assertThatNoException().isThrownBy(() -> manifest().check(ID));
		assertThatNoException().isThrownBy(() -> full().check(ID));
	}

	@ParameterizedTest
	@MethodSource
	void whenAnythingCanNotBeThenItIsNoUploadsManifest(Consumer<Manifest> damage) {
		Manifest manifest = full();
		damage.accept(manifest);
		assertThatException().isThrownBy(() -> manifest.check(ID));
	}

	static Stream<Consumer<Manifest>> whenAnythingCanNotBeThenItIsNoUploadsManifest() {
		List<Consumer<Manifest>> damages = new ArrayList<>();
		damages.add((manifest) -> manifest.id = "b");
		damages.add((manifest) -> manifest.size = -1L);
		damages.add((manifest) -> manifest.created = null);
		damages.add((manifest) -> manifest.created = "yesterday");
		damages.add((manifest) -> manifest.modified = null);
		damages.add((manifest) -> manifest.key = null);
		damages.add((manifest) -> manifest.key = "b.info");
		damages.add((manifest) -> manifest.partialUploads = List.of());
		damages.add((manifest) -> manifest.partialUploads = List.of("../b"));
		damages.add((manifest) -> manifest.attempts = -1);
		damages.add((manifest) -> manifest.lastNumber = -1);
		damages.add((manifest) -> manifest.stored = -1L);
		damages.add((manifest) -> manifest.state = null);
		damages.add((manifest) -> manifest.parts = List.of(new Manifest.Part(0, "tag", 7)));
		damages.add((manifest) -> manifest.parts = List.of(new Manifest.Part(1, "tag", -1)));
		damages.add((manifest) -> manifest.parts = List.of(new Manifest.Part(1, null, 7)));
		damages.add((manifest) -> manifest.tails = List.of(new Manifest.Tail(null, 1)));
		damages.add((manifest) -> manifest.tails = List.of(new Manifest.Tail("tail", -1)));
		damages.add((manifest) -> manifest.claimed = "soon");
		damages.add((manifest) -> manifest.next = "later");
		return damages.stream();
	}

	@Test
	void whenZeroIsAllowedThenItIsAnUploads() {
		Manifest manifest = full();
		manifest.stored = 0L;
		manifest.size = 0L;
		manifest.parts = List.of(new Manifest.Part(1, "tag", 0));
		manifest.tails = List.of(new Manifest.Tail("tail", 0));
		assertThatNoException().isThrownBy(() -> manifest.check(ID));
	}

}
