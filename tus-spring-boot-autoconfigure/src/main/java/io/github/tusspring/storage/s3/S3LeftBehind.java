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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

import io.github.tusspring.upload.LastingRecords;
import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * What instances that died or lost an answer have left below the prefix: multipart
 * uploads and tails that no manifest names, and uploads whose deletion was cut off; and
 * what need not be remembered any more. Younger things are left alone, since what names
 * them may be on its way.
 */
final class S3LeftBehind {

	/**
	 * The manifests of uploads that were not being deleted, and haven't changed since.
	 */
	private final LastingRecords lasting = new LastingRecords();

	private final S3UploadStorage storage;

	private Instant before = Instant.MIN;

	S3LeftBehind(S3UploadStorage storage) {
		this.storage = storage;
	}

	synchronized void remove() throws IOException {
		if (this.storage.settings().abandonedAfter().isZero()) {
			return;
		}
		this.before = Instant.now().minus(this.storage.settings().abandonedAfter());
		removeMultipartUploads();
		try {
			this.storage.objects()
				.list(this.storage.settings().bucket(), this.storage.settings().prefix())
				.stream()
				.filter((entry) -> entry.modified().isBefore(this.before))
				.forEach(this::remove);
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

	private void removeMultipartUploads() throws IOException {
		String bucket = this.storage.settings().bucket();
		ListMultipartUploadsResponse page = null;
		do {
			page = this.storage.objects()
				.await(this.storage.objects().multipartUploads(bucket, this.storage.settings().prefix(), page));
			for (MultipartUpload upload : page.uploads()) {
				if (upload.initiated().isBefore(this.before)) {
					remove(upload);
				}
			}
		}
		while (Boolean.TRUE.equals(page.isTruncated()));
	}

	private void remove(MultipartUpload upload) throws IOException {
		String name = upload.key().substring(this.storage.settings().prefix().length());
		// An application's keys say nothing of the id, but for its last segment.
		String last = name.substring(name.lastIndexOf('/') + 1);
		if (UploadId.isValid(last) && isAbandoned(UploadId.of(last), upload, name.equals(last))) {
			this.storage.objects()
				.awaitIfPresent(this.storage.objects()
					.abort(this.storage.settings().bucket(), upload.key(), upload.uploadId()));
		}
	}

	/**
	 * Whether a multipart upload is of no use any more.
	 * @param plain whether its key is one that only uploads have: any other may be that
	 * of somebody else
	 */
	private boolean isAbandoned(UploadId id, MultipartUpload upload, boolean plain) throws IOException {
		StoredUpload stored = this.storage.manifests().find(id);
		if (stored == null) {
			return plain && !this.storage.manifests().isThere(id);
		}
		return this.storage.location(stored.manifest()).key().equals(upload.key())
				&& !Objects.equals(stored.manifest().multipartUpload, upload.uploadId());
	}

	private void remove(S3Listing.Entry entry) {
		try {
			UploadId upload = this.storage.manifests().id(entry.key());
			if (upload != null) {
				removeIfDeleted(upload, entry.modified());
				return;
			}
			String name = entry.key().substring(this.storage.settings().prefix().length());
			UploadId id = tailOf(name);
			if (name.startsWith(FirstContact.PROBE) || UsedIds.isOver(name) || (id != null && !isNamed(id, name))) {
				this.storage.discard(List.of(name));
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void removeIfDeleted(UploadId id, Instant changed) throws IOException {
		if (this.lasting.contains(id, changed)) {
			return;
		}
		StoredUpload stored = this.storage.manifests().find(id);
		if (stored != null && stored.manifest().deleted) {
			this.storage.removeAll(stored);
		}
		else {
			this.lasting.add(id, changed);
		}
	}

	private static @Nullable UploadId tailOf(String name) {
		int end = name.indexOf(".part.");
		return (end > 0 && UploadId.isValid(name.substring(0, end))) ? UploadId.of(name.substring(0, end)) : null;
	}

	private boolean isNamed(UploadId id, String name) throws IOException {
		StoredUpload stored = this.storage.manifests().find(id);
		if (stored == null) {
			return this.storage.manifests().isThere(id);
		}
		return stored.manifest().tails.stream().anyMatch((tail) -> tail.name().equals(name));
	}

}
