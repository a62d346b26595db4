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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What a client sees of uploads, and what it can't tell apart.
 */
class VisibleUploadsTests {

	private static final UploadClient ANNA = new UploadClient("anna", null);

	private static final UploadId HERS = UploadId.of("hers");

	private static final UploadId OTHERS = UploadId.of("others");

	private static final UploadId MISSING = UploadId.of("missing");

	private final List<UploadId> found = new ArrayList<>();

	private final List<UploadId> recalled = new ArrayList<>();

	private final UploadStorage disk;

	private boolean remote;

	private boolean remembers;

	private boolean outOfDate;

	private boolean inUse;

	private VisibleUploads visible;

	VisibleUploadsTests(@TempDir Path directory) throws IOException {
		this.disk = TestEngine.disk(directory);
		this.disk.create(NewUpload.builder(HERS).length(3L).owner("anna").build());
		this.disk.create(NewUpload.builder(OTHERS).length(3L).owner("ben").build());
		this.visible = visible(Duration.ofHours(1));
	}

	private VisibleUploads visible(Duration expiresAfter) {
		return new VisibleUploads(new DelegatingUploadStorage(this.disk) {

			@Override
			public Upload find(UploadId id) throws IOException {
				VisibleUploadsTests.this.found.add(id);
				return super.find(id);
			}

			@Override
			public Upload recall(UploadId id) throws IOException {
				VisibleUploadsTests.this.recalled.add(id);
				Upload upload = super.find(id);
				return VisibleUploadsTests.this.outOfDate ? upload.withOffset(2) : upload;
			}

			@Override
			public boolean remembers(UploadId id) {
				return VisibleUploadsTests.this.remembers;
			}

			@Override
			public boolean isRemote() {
				return VisibleUploadsTests.this.remote;
			}

		}, new ExpirationPolicy(expiresAfter, true, null, EndpointRules.NONE), UploadGuard.OWNERSHIP,
				(id) -> this.inUse);
	}

	private Upload require(UploadId id) {
		this.found.clear();
		return this.visible.require(id, UploadIntent.INSPECT, ANNA);
	}

	private void assertNotFound(UploadId id) {
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> require(id));
	}

	@Test
	void whenAnUploadIsTheClientsThenTheStorageIsAskedOnce() {
		assertThat(require(HERS).expires()).isNotNull();
		assertThat(this.found).containsExactly(HERS);
	}

	@Test
	void whenAnUploadIsMissingThenAsMuchIsReadAsOfSomebodyElses() {
		require(HERS);
		assertNotFound(MISSING);
		assertThat(this.found).as("one that is there and one that is not").containsExactly(MISSING, HERS);
		assertNotFound(OTHERS);
		assertThat(this.found).hasSize(2).first().isEqualTo(OTHERS);
		assertThat(this.found).doesNotContain(HERS);
	}

	@Test
	void whenTheStorageIsOnAnotherMachineThenNothingIsReadTwice() {
		this.remote = true;
		require(HERS);
		assertNotFound(MISSING);
		assertThat(this.found).containsExactly(MISSING);
		assertNotFound(OTHERS);
		assertThat(this.found).containsExactly(OTHERS);
	}

	@Test
	void whenTheUploadThatIsReadInsteadIsGoneThenItIsReadNoMore() throws IOException {
		require(HERS);
		this.disk.delete(HERS);
		assertNotFound(MISSING);
		assertThat(this.found).hasSize(2);
		assertNotFound(MISSING);
		assertThat(this.found).containsExactly(MISSING);
	}

	@Test
	void whenAnUploadHasExpiredThenItCanOnlyBeRemovedUnlessItIsInUse() {
		this.visible = visible(Duration.ofNanos(1));
		assertThatExceptionOfType(UploadGoneException.class).isThrownBy(() -> require(HERS));
		assertThat(this.visible.require(HERS, UploadIntent.TERMINATE, ANNA).id()).isEqualTo(HERS);
		this.inUse = true;
		assertThat(require(HERS).id()).isEqualTo(HERS);
	}

	@Test
	void whenAnUploadWasRefusedThenItIsGoneForRemovalToo() throws IOException {
		this.disk.update(this.disk.find(HERS).withState(UploadState.REJECTED));
		assertThatExceptionOfType(UploadGoneException.class)
			.isThrownBy(() -> this.visible.require(HERS, UploadIntent.TERMINATE, ANNA));
	}

	@Test
	void whenAnUploadIsRememberedThenAnAppendNeedsNoLookAtTheStorage() {
		this.remembers = true;
		assertThat(open().id()).isEqualTo(HERS);
		assertThat(this.recalled).containsExactly(HERS);
		assertThat(this.found).isEmpty();
	}

	@Test
	void whenWhatIsRememberedIsOutOfDateThenTheStorageIsAsked() {
		this.remembers = true;
		this.outOfDate = true;
		assertThat(open().offset()).isZero();
		assertThat(this.found).containsExactly(HERS);
	}

	@Test
	void whenAnUploadIsNotRememberedThenTheStorageIsAskedAtOnce() {
		assertThat(open().id()).isEqualTo(HERS);
		assertThat(this.recalled).isEmpty();
		assertThat(this.found).containsExactly(HERS);
	}

	private Upload open() {
		UploadPolicy policy = new UploadPolicy(null,
				new ExpirationPolicy(Duration.ofHours(1), true, null, EndpointRules.NONE), true, Duration.ofSeconds(1),
				Duration.ofSeconds(1), EndpointRules.NONE);
		return this.visible.open(HERS, ANNA, TestEngine.request(0), policy);
	}

}
