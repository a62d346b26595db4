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

package io.github.tusspring.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

import io.github.tusspring.reliability.UploadModel.State;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadStorage;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A directory.
 */
record DiskModelStore(Path directory, Durability durability) implements ModelStore {

	@Override
	public UploadStorage open() throws IOException {
		return new DiskUploadStorage(this.directory, this.durability, 0);
	}

	@Override
	public boolean isImmediate() {
		return true;
	}

	@Override
	public byte[] content(UploadId id) throws IOException {
		Path file = this.directory.resolve(id.toString());
		return Files.exists(file) ? Files.readAllBytes(file) : null;
	}

	@Override
	public void check(Map<UploadId, UploadModel> uploads) throws IOException {
		TreeSet<String> expected = new TreeSet<>();
		uploads.forEach((id, upload) -> {
			if (upload.isThere()) {
				expected.add(id + ".info");
			}
			// Concatenation makes its file.
			boolean waits = upload.isFinal() && upload.state == State.RECEIVING;
			if (upload.isThere() && upload.state != State.REJECTED && !waits) {
				expected.add(id.toString());
			}
		});
		try (Stream<Path> files = Files.list(this.directory)) {
			assertThat(files.map((file) -> file.getFileName().toString()))
				.containsExactlyInAnyOrderElementsOf(expected);
		}
	}

}
