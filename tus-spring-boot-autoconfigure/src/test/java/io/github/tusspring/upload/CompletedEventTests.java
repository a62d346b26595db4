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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a listener can do with the content of an upload.
 */
class CompletedEventTests {

	private final Path directory;

	private final TestEngine engine;

	CompletedEventTests(@TempDir Path directory) {
		this.directory = directory;
		this.engine = new TestEngine(TestEngine.disk(directory.resolve("uploads")));
	}

	private void complete(Listener listener) {
		this.engine.listener = (event) -> {
			try {
				listener.hear(event);
			}
			catch (IOException ex) {
				throw new AssertionError(ex);
			}
		};
		this.engine.create("a", 3L);
		assertThat(this.engine.append("a", 0, "abc").state()).isEqualTo(UploadState.COMPLETED);
	}

	@Test
	void whenAListenerReadsTheContentThenItHasAllBytes() {
		complete((event) -> {
			assertThat(event.resource().getContentAsString(StandardCharsets.UTF_8)).isEqualTo("abc");
			assertThat(event.path()).hasValueSatisfying((path) -> assertThat(path).hasContent("abc"));
			assertThat(event.downloadUrl(Duration.ofMinutes(1))).as("of a file").isEmpty();
		});
	}

	@Test
	void whenAListenerMovesTheContentThenItHearsWhere() {
		Path target = this.directory.resolve("moved");
		complete((event) -> assertThat(event.moveTo(target)).isEqualTo(target).hasContent("abc"));
	}

	@Test
	void whenAnEventIsWrittenThenItNamesItsUploadAndAttempt() {
		complete((event) -> assertThat(event).hasToString("TusUploadCompletedEvent of upload 'a', attempt 1"));
	}

	private interface Listener {

		void hear(TusUploadCompletedEvent event) throws IOException;

	}

}
