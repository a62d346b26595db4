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

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class UploadMetadataTests {

	@Test
	void valuesAreDecoded() {
		UploadMetadata metadata = UploadMetadata
			.parse("filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,filetype YXBwbGljYXRpb24vcGRm,is_confidential");
		assertThat(metadata.filename()).isEqualTo("world_domination_plan.pdf");
		assertThat(metadata.filetype()).isEqualTo("application/pdf");
		assertThat(metadata.get("is_confidential")).isEmpty();
		assertThat(metadata.get("other")).isNull();
		assertThat(metadata.asMap().keySet()).containsExactly("filename", "filetype", "is_confidential");
	}

	@Test
	void headerIsKeptAsItWasSent() {
		String header = "b Yg==, a  ,c";
		assertThat(UploadMetadata.parse(header).header()).isEqualTo(header);
	}

	@Test
	void valueMayBeEmptyOrAbsent() {
		UploadMetadata metadata = UploadMetadata.parse("a ,b");
		assertThat(metadata.get("a")).isEmpty();
		assertThat(metadata.get("b")).isEmpty();
	}

	@Test
	void keyMayBeAnyAsciiButSpaceAndComma() {
		assertThat(UploadMetadata.parse("a.b-c_d/e:f=\"~! Yg==").asMap()).containsKey("a.b-c_d/e:f=\"~!");
	}

	@Test
	void emptyHeaderIsNoMetadata() {
		assertThat(UploadMetadata.parse("")).isEqualTo(UploadMetadata.EMPTY);
		assertThat(UploadMetadata.parse("  ").asMap()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "a Yg==,a Yw==", "a,a", ",a", "a,", "a,,b", " ,a", "a Y!", "a Y", "a Yg", "a  Yg==",
			"a Yg== x", "a\tYg==", "a\u0001 Yg==", "a\u007f", "\u00e4 Yg==", "a\u001f", "a Yg==\u0000" })
	void malformedHeaderIsRefused(String header) {
		assertThatIllegalArgumentException().isThrownBy(() -> UploadMetadata.parse(header));
	}

	@Test
	void metadataOfValuesCanBeParsed() {
		Map<String, String> values = new LinkedHashMap<>();
		values.put("filename", "ein schöner Name, wirklich.txt");
		values.put("empty", "");
		UploadMetadata metadata = UploadMetadata.of(values);
		assertThat(UploadMetadata.parse(metadata.header()).asMap()).isEqualTo(values);
		assertThat(metadata).isEqualTo(UploadMetadata.parse(metadata.header()))
			.hasSameHashCodeAs(UploadMetadata.parse(metadata.header()));
	}

	@Test
	void metadataOfAnImpossibleKeyIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> UploadMetadata.of(Map.of("a b", "c")));
		assertThatIllegalArgumentException().isThrownBy(() -> UploadMetadata.of(Map.of("", "c")));
	}

	@Test
	void manyShortKeysTakeNoMoreMemoryThanTheirHeader() {
		String header = IntStream.range(0, 2600)
			.mapToObj((i) -> "" + (char) ('!' + i / 60) + (char) ('A' + i % 60))
			.filter((key) -> !key.contains(","))
			.collect(Collectors.joining(","));
		assertThat(UploadMetadata.parse(header).asMap()).hasSizeGreaterThan(2500);
		assertThat(Arrays.stream(UploadMetadata.class.getDeclaredFields())
			.filter((field) -> !Modifier.isStatic(field.getModifiers()))).singleElement()
			.extracting(Field::getName)
			.isEqualTo("header");
	}

	@Test
	void valuesCanNotBeChanged() {
		Map<String, String> values = new LinkedHashMap<>(Map.of("a", "b"));
		UploadMetadata metadata = UploadMetadata.of(values);
		values.put("c", "d");
		assertThat(metadata.asMap()).isUnmodifiable().containsOnlyKeys("a");
	}

	@Test
	void whenTheHeadersAreTheSameThenTheyAreEqual() {
		UploadMetadata metadata = UploadMetadata.parse("a Yg==");
		assertThat(metadata).isEqualTo(UploadMetadata.parse("a Yg=="))
			.hasSameHashCodeAs(UploadMetadata.parse("a Yg=="))
			.isNotEqualTo(UploadMetadata.parse("a Yw=="))
			.isNotEqualTo("a Yg==");
		assertThat(metadata).hasToString("{a=b}");
	}

	@Test
	void whenAKeyMakesNoSenseThenItIsNamed() {
		assertThatIllegalArgumentException().isThrownBy(() -> UploadMetadata.of(Map.of("a b", "c")))
			.withMessageContaining("'a b'");
	}

}
