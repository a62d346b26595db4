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
import io.github.tusspring.upload.UploadState;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/**
 * What instances that died or lost an answer have left below the prefix: multipart
 * uploads and tails that no manifest names, and uploads whose deletion was cut off; and
 * what need not be remembered any more. Younger things are left alone, and those of an
 * upload that has changed lately, since what names them may be on its way.
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
		ListMultipartUploadsResponse page = null;
		ListMultipartUploadsResponse former;
		do {
			former = page;
			page = this.storage.objects()
				.await(this.storage.objects()
					.multipartUploads(this.storage.settings().bucket(), this.storage.settings().prefix(), former));
			for (MultipartUpload upload : page.uploads()) {
				// Some stores don't say when.
				if (upload.initiated() != null && upload.initiated().isBefore(this.before)) {
					remove(upload);
				}
			}
		}
		while (Boolean.TRUE.equals(page.isTruncated()) && goesOn(page, former));
	}

	/**
	 * Whether a page says where the next one begins. A store that didn't would have its
	 * pages asked for without end.
	 */
	private static boolean goesOn(ListMultipartUploadsResponse page, @Nullable ListMultipartUploadsResponse former) {
		return page.nextKeyMarker() != null && (former == null || !page.nextKeyMarker().equals(former.nextKeyMarker())
				|| !Objects.equals(page.nextUploadIdMarker(), former.nextUploadIdMarker()));
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
	 * Whether a multipart upload is no longer needed.
	 * @param plain whether its key is one that only uploads have: any other may be that
	 * of somebody else
	 */
	private boolean isAbandoned(UploadId id, MultipartUpload upload, boolean plain) throws IOException {
		StoredUpload stored = this.storage.manifests().look(id);
		if (stored == null) {
			return plain && !this.storage.manifests().isThere(id);
		}
		return !isAlive(stored.manifest()) && this.storage.location(stored.manifest()).key().equals(upload.key())
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
			UploadId waiting = WaitingUploads.upload(name);
			if (waiting != null) {
				removeUnlessItWaits(waiting, name);
				return;
			}
			UploadId id = SentTail.upload(name);
			if (name.startsWith(FirstContact.PROBE) || UsedIds.isOver(name) || (id != null && !isOfUse(id, name))) {
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
		StoredUpload stored = this.storage.manifests().look(id);
		if (stored != null && stored.manifest().deleted) {
			this.storage.removeAll(stored);
		}
		else {
			this.lasting.add(id, changed);
		}
	}

	/**
	 * Removes what says that a final upload waits for a part, if the upload is gone: its
	 * part may live on.
	 */
	private void removeUnlessItWaits(UploadId id, String name) throws IOException {
		StoredUpload stored = this.storage.manifests().look(id);
		boolean waits = (stored != null) ? stored.manifest().state() == UploadState.RECEIVING
				: this.storage.manifests().isThere(id);
		if (!waits) {
			this.storage.discard(List.of(name));
		}
	}

	private boolean isOfUse(UploadId id, String tail) throws IOException {
		StoredUpload stored = this.storage.manifests().look(id);
		if (stored == null) {
			return this.storage.manifests().isThere(id);
		}
		return isAlive(stored.manifest())
				|| stored.manifest().tails.stream().anyMatch((named) -> named.name().equals(tail));
	}

	/**
	 * Whether an append or a concatenation may run that is going to name in the manifest
	 * what it has sent.
	 */
	private boolean isAlive(Manifest manifest) {
		return manifest.state() == UploadState.RECEIVING && !manifest.deleted
				&& (manifest.isFinal() || !Instant.parse(String.valueOf(manifest.modified)).isBefore(this.before));
	}

}
