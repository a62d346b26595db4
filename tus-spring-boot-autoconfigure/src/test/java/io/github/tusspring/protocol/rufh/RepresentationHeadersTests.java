package io.github.tusspring.protocol.rufh;

import java.util.Map;

import io.github.tusspring.upload.UploadMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RepresentationHeaders}.
 */
class RepresentationHeadersTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
			inline; filename="a b.txt"                           | a b.txt
			inline; filename=a.txt                               | a.txt
			attachment;filename = "a\\"b.txt" ; x=y              | a"b.txt
			inline; filename="x"; filename*=UTF-8''%C3%BC.txt    | ü.txt
			inline; filename*=ISO-8859-1'en'%FC.txt; filename=x  | ü.txt
			inline; filename*=UTF-8''%zz; filename="x.txt"       | x.txt
			inline; FILENAME="x.txt"                             | x.txt
			inline; x="; filename=evil"; filename=good           | good
			""")
	void filename(String disposition, String filename) {
		UploadMetadata metadata = RepresentationHeaders.metadata(Map.of("Content-Disposition", disposition)::get);
		assertThat(metadata.filename()).isEqualTo(filename);
		assertThat(metadata.get(UploadMetadata.CONTENT_DISPOSITION)).isEqualTo(disposition);
	}

	@ParameterizedTest
	@CsvSource({ "inline", "form-data; name=x", "inline; filename=", "inline; filename" })
	void noFilename(String disposition) {
		assertThat(RepresentationHeaders.metadata(Map.of("Content-Disposition", disposition)::get).filename()).isNull();
	}

	@Test
	void nothing() {
		assertThat(RepresentationHeaders.metadata(Map.<String, String>of()::get)).isEqualTo(UploadMetadata.EMPTY);
	}

}
