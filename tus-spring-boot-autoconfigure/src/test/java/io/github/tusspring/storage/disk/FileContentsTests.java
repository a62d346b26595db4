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

package io.github.tusspring.storage.disk;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.test.ForwardingFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link FileContents}.
 */
class FileContentsTests {

	@TempDir
	private Path directory;

	@Test
	@Timeout(5)
	void whenThreadIsInterruptedThenItWaitsForNobodyWhoHasTheFileOpen() throws Exception {
		AtomicInteger attempts = new AtomicInteger();
		ForwardingFileSystem busy = new ForwardingFileSystem() {

			@Override
			protected void move(Path source, Path target, CopyOption... options) throws IOException {
				attempts.incrementAndGet();
				throw new AccessDeniedException(target.toString());
			}

		};
		Path source = Files.createFile(this.directory.resolve("source"));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(AccessDeniedException.class)
			.isThrownBy(() -> FileContents.replace(busy.wrap(source), busy.wrap(this.directory.resolve("target"))));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(attempts).hasValue(1);
	}

	@Test
	void whenFileIsGoneBeforeItIsForcedThenNothingIsToBeForced() {
		FileContents contents = new FileContents(new OpenFiles(), true);
		assertThatNoException().isThrownBy(() -> contents.force(this.directory.resolve("gone")));
	}

}
