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

import java.lang.ref.WeakReference;
import java.time.Instant;

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RememberedUploadsTests {

	private final RememberedUploads uploads = new RememberedUploads(2);

	@Test
	void whatIsInUseIsRememberedWhateverElseIs() {
		StoredUpload used = remember("used");
		for (int i = 0; i < 10; i++) {
			remember("other-" + i);
		}
		assertThat(this.uploads.get(used.id())).isSameAs(used);
	}

	@Test
	void whatNobodyUsesIsForgottenForWhatIsUsedLater() {
		WeakReference<StoredUpload> unused = new WeakReference<>(remember("unused"));
		remember("other-1");
		remember("other-2");
		await().until(() -> {
			System.gc();
			return unused.get() == null;
		});
		assertThat(this.uploads.get(UploadId.of("unused"))).isNull();
		assertThat(this.uploads.get(UploadId.of("other-1"))).isNotNull();
	}

	@Test
	void lookThatIsReplacedIsNotTheOneThatIsRemembered() {
		StoredUpload old = remember("a");
		StoredUpload next = remember("a");
		assertThat(this.uploads.get(old.id())).isSameAs(next);
		this.uploads.remove(old.id());
		assertThat(this.uploads.get(old.id())).isNull();
	}

	private StoredUpload remember(String name) {
		UploadId id = UploadId.of(name);
		Manifest manifest = Manifest.of(NewUpload.builder(id).build(), S3Location.of(name), Instant.now());
		return this.uploads.update(id, (known) -> new StoredUpload(null, id, manifest, "tag", false));
	}

}
