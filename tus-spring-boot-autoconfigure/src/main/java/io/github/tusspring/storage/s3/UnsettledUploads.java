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
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * The uploads with which something has to be done though no client asks for it. Each has
 * an empty object {@code <prefix>.due/<id>}, so that any instance finds them by one
 * request, whatever else is in the bucket: from before the last byte counts until the
 * delivery has ended, or until what waits for a part has heard of it; and of a final
 * upload until it is noted what that waits for. Thread-safe.
 */
final class UnsettledUploads {

	static final String NAME = ".due/";

	/**
	 * The age up to which an object that seems to be of no use is left alone: what it is
	 * about may be just on its way.
	 */
	private static final Duration YOUNG = Duration.ofHours(1);

	/**
	 * How long whoever has made an object is left to do what it is about.
	 */
	private static final Duration GRACE = Duration.ofSeconds(15);

	/**
	 * How often whoever is at it makes the object anew.
	 */
	private static final Duration RENEWAL = GRACE.dividedBy(5);

	private final S3UploadStorage storage;

	UnsettledUploads(S3UploadStorage storage) {
		this.storage = storage;
	}

	private String key(UploadId id) {
		return this.storage.key(NAME + id);
	}

	CompletableFuture<?> add(UploadId id) {
		return this.storage.objects()
			.create(this.storage.settings().bucket(), key(id), AsyncRequestBody.empty(), false);
	}

	CompletableFuture<?> remove(UploadId id) {
		return this.storage.objects().delete(this.storage.settings().bucket(), key(id));
	}

	/**
	 * Removes the object of an upload with which nothing has to be done any more. If that
	 * fails, somebody finds out later.
	 */
	void discard(UploadId id) {
		this.storage.objects().discard(remove(id));
	}

	/**
	 * Says every now and then that this instance is at it, from now on unless that was
	 * said just before. If that fails, others may do the same, which costs only work.
	 * @param created when the upload was created, and the object with it
	 */
	ScheduledFuture<?> keep(UploadId id, Instant created, ScheduledExecutorService scheduler) {
		if (created.isBefore(Instant.now().minus(RENEWAL))) {
			renew(id);
		}
		return scheduler.scheduleWithFixedDelay(() -> this.storage.signers().execute(() -> renew(id)),
				RENEWAL.toMillis(), RENEWAL.toMillis(), TimeUnit.MILLISECONDS);
	}

	private void renew(UploadId id) {
		this.storage.objects().discard(add(id));
	}

	/**
	 * Lists those with which something has to be done now.
	 */
	Stream<Upload> list(Instant now) {
		String prefix = this.storage.key(NAME);
		return this.storage.objects()
			.list(this.storage.settings().bucket(), prefix)
			.stream()
			.filter((entry) -> UploadId.isValid(entry.key().substring(prefix.length())))
			.flatMap((entry) -> Stream
				.ofNullable(look(UploadId.of(entry.key().substring(prefix.length())), entry.modified(), now)));
	}

	private @Nullable Upload look(UploadId id, Instant since, Instant now) {
		try {
			StoredUpload stored = this.storage.manifests().find(id);
			if (stored != null && isDue(stored.manifest(), since, now)) {
				return stored.toUpload();
			}
			boolean needless = (stored != null) ? !mayBecomeDue(stored.manifest())
					: !this.storage.manifests().isThere(id);
			if (needless && (isOver(stored) || since.isBefore(now.minus(YOUNG)))) {
				discard(id);
			}
			return null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isOver(@Nullable StoredUpload stored) {
		return stored != null && stored.manifest().state().isSettled();
	}

	private static boolean mayBecomeDue(Manifest manifest) {
		return manifest.state() == UploadState.FINISHING || isFullPart(manifest)
				|| (manifest.isFinal() && manifest.state() == UploadState.RECEIVING);
	}

	private static boolean isFullPart(Manifest manifest) {
		return manifest.isPartial && manifest.state() == UploadState.COMPLETED;
	}

	private static boolean isDue(Manifest manifest, Instant since, Instant now) {
		if (manifest.deleted) {
			return false;
		}
		if (manifest.state() == UploadState.FINISHING) {
			Instant claimed = Manifest.instant(manifest.claimed);
			Instant next = Manifest.instant(manifest.next);
			return (claimed == null || claimed.isBefore(now)) && (next == null || next.isBefore(now));
		}
		return mayBecomeDue(manifest) && since.isBefore(now.minus(GRACE));
	}

}
