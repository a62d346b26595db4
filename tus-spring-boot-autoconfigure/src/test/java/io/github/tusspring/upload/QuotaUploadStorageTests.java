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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is read because a limit refuses something.
 */
class QuotaUploadStorageTests {

	private final List<String> found = new ArrayList<>();

	@TempDir
	private Path directory;

	@Test
	void clientThatHasTooMuchHasOnlyItsOwnLookedAt() throws IOException {
		UploadStorage storage = storage(new QuotaLimits(0, 0, 0, 1, 0, 0));
		storage.create(upload("a", "anna"));
		storage.create(upload("b", "ben"));
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> storage.create(upload("c", "ben")));
		assertThat(this.found).containsOnlyOnce("b").doesNotContain("a");
	}

	@Test
	void allAreLookedAtWhereTheLimitIsForAll() throws IOException {
		UploadStorage storage = storage(new QuotaLimits(0, 0, 2, 1, 0, 0));
		storage.create(upload("a", "anna"));
		storage.create(upload("b", "ben"));
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> storage.create(upload("c", "carl")));
		assertThat(this.found).contains("a", "b");
	}

	private UploadStorage storage(QuotaLimits limits) {
		return new QuotaUploadStorage(new ForwardingUploadStorage(TestEngine.disk(this.directory)) {

			@Override
			public Upload find(UploadId id) throws IOException {
				QuotaUploadStorageTests.this.found.add(id.toString());
				return super.find(id);
			}

		}, limits, List::of);
	}

	private static NewUpload upload(String id, String owner) {
		return NewUpload.builder(UploadId.of(id)).length(3L).owner(owner).build();
	}

}
