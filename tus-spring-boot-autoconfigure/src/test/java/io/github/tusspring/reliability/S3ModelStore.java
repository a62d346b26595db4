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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.github.tusspring.reliability.UploadModel.State;
import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3Location;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.storage.s3.S3UploadStorage;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadStorage;
import software.amazon.awssdk.services.s3.model.S3Object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What is below a prefix in a bucket.
 */
record S3ModelStore(S3Bucket bucket, String prefix) implements ModelStore {

	@Override
	public UploadStorage open() {
		return new S3UploadStorage(this.bucket.client(), S3Server.settings(this.bucket.name(), this.prefix),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	@Override
	public boolean isImmediate() {
		return false;
	}

	@Override
	public byte[] content(UploadId id) {
		return names().contains(id.toString()) ? this.bucket.get(this.prefix + id) : null;
	}

	private List<String> names() {
		List<String> names = new ArrayList<>();
		this.bucket.client()
			.listObjectsV2Paginator((request) -> request.bucket(this.bucket.name()).prefix(this.prefix))
			.contents()
			.map(S3Object::key)
			.subscribe((key) -> names.add(key.substring(this.prefix.length())))
			.join();
		return names;
	}

	@Override
	public void check(Map<UploadId, UploadModel> uploads) {
		// What is of no more use is removed when nobody waits for it.
		await().untilAsserted(() -> assertThat(names()).allMatch((name) -> isNeeded(name, uploads)));
		assertThat(this.bucket.multipartUploads()).noneMatch((key) -> key.startsWith(this.prefix));
	}

	private static boolean isNeeded(String name, Map<UploadId, UploadModel> uploads) {
		String id = name.substring(name.lastIndexOf('/') + 1);
		UploadModel upload = uploads.get(UploadId.of(id.contains(".") ? id.substring(0, id.indexOf('.')) : id));
		if (upload == null || !upload.isThere()) {
			return false;
		}
		boolean full = upload.state == State.FINISHING || upload.state == State.COMPLETED;
		if (name.startsWith(".due/")) {
			return upload.state == State.FINISHING || (upload.isFinal() && upload.state == State.RECEIVING);
		}
		if (name.startsWith(".wait/")) {
			return upload.isFinal() && upload.state == State.RECEIVING;
		}
		if (name.contains(".part.")) {
			return upload.state == State.RECEIVING;
		}
		return name.endsWith(".info") || full;
	}

}
