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

package io.github.tusspring.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Records that are torn, empty, or somebody else's: there is an upload, or none.
 */
@Tag("fuzz")
class InfoFuzzTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.github.tusspring");

	private static final UploadId ID = UploadId.of("fuzzed");

	private static Path directory;

	@BeforeAll
	static void createDirectory() throws IOException {
		directory = Files.createTempDirectory("tus-fuzz");
	}

	@AfterAll
	static void deleteDirectory() throws IOException {
		FileSystemUtils.deleteRecursively(directory);
	}

	@FuzzTest(maxDuration = "10s")
	void recordIsUnderstoodOrThereIsNoUpload(byte[] input) {
		quietly(() -> check(input));
	}

	@Test
	void mutatedRecordIsUnderstoodOrThereIsNoUpload() {
		List<byte[]> seeds = Seeds.of(getClass(), "recordIsUnderstoodOrThereIsNoUpload");
		quietly(() -> assertThat(new Mutator().run(seeds, InfoFuzzTests::check)).isPositive());
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void tornRecordMakesOneClearLineInTheLog(CapturedOutput output) {
		check("{\"ID\":\"fuzz".getBytes(StandardCharsets.US_ASCII));
		// Jazzer says INFO of what it has instrumented.
		assertThat(output.toString().lines().filter((line) -> !line.startsWith("INFO: "))).isNotEmpty()
			.allSatisfy((line) -> assertThat(line).contains("fuzzed.info' is not the record of an upload"));
	}

	private static void quietly(Runnable check) {
		LOGGER.setLevel(Level.ERROR);
		try {
			check.run();
		}
		finally {
			LOGGER.setLevel(null);
		}
	}

	// What the application has taken keeps its length, whatever has become of the file
	// since.
	private static boolean isTaken(Upload upload) {
		return upload.state() == UploadState.COMPLETED && upload.length() != null;
	}

	private static void check(byte[] input) {
		try (DiskUploadStorage storage = new DiskUploadStorage(directory, Durability.NONE, 0)) {
			Files.write(directory.resolve(ID + ".info"), input);
			Files.write(directory.resolve(ID.toString()), new byte[50]);
			Upload upload = storage.find(ID);
			if (upload != null) {
				assertThat(upload.id()).isEqualTo(ID);
				assertThat(upload.offset()).isBetween(0L, isTaken(upload) ? upload.length() : 50L);
				assertThat(upload.metadata().header()).doesNotContain("\r", "\n");
			}
			try (var uploads = storage.list()) {
				assertThat(uploads).hasSizeLessThanOrEqualTo(1);
			}
			storage.tidy();
			assertThat(directory.resolve(ID.toString())).exists();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
