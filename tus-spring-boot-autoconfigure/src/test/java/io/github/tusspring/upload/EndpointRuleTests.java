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

package io.github.tusspring.upload;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.MimeType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class EndpointRuleTests {

	private final EndpointRule rule = new EndpointRule("/of/{name}", null, null, false, List.of("title"),
			List.of(MimeType.valueOf("image/*"), MimeType.valueOf("text/plain")));

	private static NewUpload.Builder upload(Map<String, String> metadata) {
		return NewUpload.builder(UploadId.of("a")).metadata(UploadMetadata.of(metadata));
	}

	@Test
	void whenAllIsThereThenTheUploadIsTaken() {
		assertThatNoException().isThrownBy(
				() -> this.rule.check(upload(Map.of("title", "Cat", "filetype", "text/plain;charset=UTF-8")).build()));
	}

	@Test
	void whenRequiredMetadataIsMissingOrBlankThenTheUploadIsRefused() {
		for (Map<String, String> metadata : List.of(Map.of("filetype", "image/png"),
				Map.of("filetype", "image/png", "title", " "))) {
			assertThatExceptionOfType(UploadRejectedException.class)
				.isThrownBy(() -> this.rule.check(upload(metadata).build()))
				.withMessageContaining("'title'")
				.satisfies((ex) -> assertThat(ex.status()).isEqualTo(400));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "image", "", "nothing of the kind" })
	void whenTheTypeIsNotTakenThenTheUploadIsRefused(String filetype) {
		assertThatExceptionOfType(UploadRejectedException.class)
			.isThrownBy(() -> this.rule.check(upload(Map.of("title", "Cat", "filetype", filetype)).build()))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(415));
	}

	@Test
	void whenNoTypesAreNamedThenAnyIsTaken() {
		EndpointRule any = new EndpointRule("/a", null, null, false, List.of(), List.of());
		assertThatNoException().isThrownBy(() -> any.check(upload(Map.of()).build()));
	}

	@Test
	void whenItIsAPartThenItsFinalUploadSaysWhatTheFileIs() {
		assertThatNoException()
			.isThrownBy(() -> this.rule.check(upload(Map.of()).concatenation(new Concatenation.Partial()).build()));
	}

	@Test
	void whenARuleMakesNoSenseThenItIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new EndpointRule(" ", null, null, false, List.of(), List.of()));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new EndpointRule("/a", 0L, null, false, List.of(), List.of()));
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new EndpointRule("/a", null, Duration.ofNanos(-1), false, List.of(), List.of()));
		assertThatNoException()
			.isThrownBy(() -> new EndpointRule("/a", 1L, Duration.ZERO, false, List.of(), List.of()));
	}

	@Test
	void whenARuleNamesNoTimeOrLimitThenThoseOfAllUploadsHold() {
		EndpointRules rules = new EndpointRules(
				List.of(new EndpointRule("/a", 3L, Duration.ofHours(1), false, List.of(), List.of()),
						new EndpointRule("/b", null, null, false, List.of(), List.of()),
						new EndpointRule("/c", null, Duration.ZERO, false, List.of(), List.of())));
		ExpirationPolicy expiration = new ExpirationPolicy(Duration.ofHours(5), true, null, rules);
		assertThat(expiration.lifetime("/a")).isEqualTo(Duration.ofHours(1));
		assertThat(expiration.lifetime("/b")).isEqualTo(Duration.ofHours(5));
		assertThat(expiration.lifetime("/c")).isZero();
		assertThat(expiration.remembered()).isEqualTo(Duration.ofHours(1));
		assertThat(rules.paths()).containsExactly("/a", "/b", "/c");
	}

	@Test
	void whenAPathIsCountedThenUnderTheNameThatIsConfigured() {
		EndpointRules rules = new EndpointRules(List.of(this.rule));
		assertThat(rules.template(null, null)).isEqualTo("default");
		assertThat(rules.template("/of/anna", "/of/{name}")).isEqualTo("/of/{name}");
		assertThat(rules.template("/of/anna", null)).isEqualTo("other");
		assertThat(rules.template("/of/anna", "/gone")).isEqualTo("other");
	}

}
