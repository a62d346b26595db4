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

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Counts the uploads that are not finished against their limits. What is counted is kept
 * in memory; what the storage has is counted when the application starts, and what is
 * counted is looked at again before a creation is refused: another instance, the cleaner
 * or the application may have removed uploads meanwhile. Where the storage notes which
 * uploads are unfinished, those of other instances are counted now and then. Thread-safe.
 */
final class UnfinishedUploads {

	private static final Log logger = LogFactory.getLog(UnfinishedUploads.class);

	private final Map<UploadId, Entry> entries = new ConcurrentHashMap<>();

	private final Recounts recounts = new Recounts();

	private final UploadStorage storage;

	private final ExpirationPolicy expiration;

	private final UploadLimits limits;

	private final ClientCounts counts;

	/**
	 * Whether the storage notes for all instances which uploads are unfinished.
	 */
	private final boolean noted;

	UnfinishedUploads(UploadStorage storage, UploadPolicy policy) {
		this.storage = storage;
		this.expiration = policy.expiration();
		this.limits = policy.limits();
		this.counts = new ClientCounts(this.limits.maxUploads(), this.limits.maxUploadsPerClient());
		this.noted = this.limits.areUploadsLimited() && storage.noteUnfinished();
	}

	/**
	 * Returns an upload with no more about its client than has to be stored.
	 */
	NewUpload trim(NewUpload upload) {
		boolean anonymous = upload.owner() == null && this.limits.maxUploadsPerClient() > 0;
		return anonymous ? upload : upload.mutate().remoteAddress(null).build();
	}

	/**
	 * Counts an upload that is going to be created.
	 * @return what is to be {@link #release released} at the end of the creation, or
	 * {@code null} if nothing is counted
	 * @throws TooManyUploadsException if there are as many as there may be
	 */
	@Nullable Entry reserve(NewUpload upload) {
		if (!this.limits.areUploadsLimited()) {
			return null;
		}
		String client = UploadClient.key(upload);
		while (!this.counts.tryAdd(client)) {
			// The limit for one client is no reason to read what others have.
			if (!recount(this.counts.isFull() ? null : client)) {
				throw new TooManyUploadsException("There are as many unfinished uploads as '"
						+ this.counts.exceeded("tus.limits.max-uploads") + "' allows");
			}
		}
		Entry mine = new Entry(client);
		Entry entry = this.entries.merge(upload.id(), mine, (existing, added) -> existing.hold());
		if (entry != mine) {
			// The storage will refuse one of both.
			this.counts.remove(client);
		}
		return entry;
	}

	/**
	 * Called when an upload that was reserved is there.
	 */
	void created(UploadId id) {
		Entry entry = this.entries.get(id);
		if (entry != null) {
			entry.stored = true;
		}
	}

	/**
	 * Called at the end of a creation, which may have failed.
	 */
	void release(UploadId id, @Nullable Entry reserved) {
		this.entries.computeIfPresent(id, (key, entry) -> {
			if (entry != reserved || !entry.release()) {
				return entry;
			}
			this.counts.remove(entry.client);
			return null;
		});
	}

	/**
	 * Called when an upload is full or gone.
	 */
	void remove(UploadId id) {
		Entry entry = this.entries.remove(id);
		if (entry != null) {
			this.counts.remove(entry.client);
		}
	}

	/**
	 * Counts what the storage has.
	 * @return whether all of it could be counted
	 */
	boolean load() {
		if (this.noted) {
			return refresh();
		}
		return !this.limits.areUploadsLimited() || new UploadPass(this.storage::list, "counted").forEach(this::load);
	}

	/**
	 * Counts what other instances have created, and no more what they have finished.
	 */
	private boolean refresh() {
		Set<UploadId> missed = new HashSet<>();
		this.entries.forEach((id, entry) -> {
			if (entry.stored) {
				missed.add(id);
			}
		});
		boolean all = new UploadPass(() -> this.storage.unfinished((id) -> {
			missed.remove(id);
			return !this.entries.containsKey(id);
		}), "counted").forEach(this::load);
		if (all) {
			missed.forEach(this::check);
		}
		return all;
	}

	private void load(Upload upload) {
		if (!isUnfinished(upload)) {
			return;
		}
		Entry entry = new Entry(UploadClient.key(upload.asked()));
		entry.stored = true;
		if (this.entries.putIfAbsent(upload.id(), entry) == null) {
			this.counts.add(entry.client);
			// It may have been finished since it was listed.
			check(upload.id());
		}
	}

	private boolean recount(@Nullable String client) {
		return this.recounts.run(client, () -> prune((entry) -> client == null || client.equals(entry.client)));
	}

	/**
	 * Stops counting what is gone or has expired.
	 */
	void prune() {
		if (this.noted) {
			refresh();
		}
		else {
			prune((entry) -> true);
		}
	}

	private void prune(Predicate<Entry> filter) {
		this.entries.forEach((id, entry) -> {
			if (entry.stored && filter.test(entry)) {
				check(id);
			}
		});
	}

	private void check(UploadId id) {
		try {
			Upload upload = this.storage.find(id);
			if (upload == null || !isUnfinished(upload)) {
				remove(id);
			}
		}
		catch (Throwable ex) {
			// The client of another upload must not hear of it, whatever it is.
			logger.debug(LogMessage.format("Upload '%s' can't be read, and goes on counting", id.abbreviated()), ex);
		}
	}

	private boolean isUnfinished(Upload upload) {
		return upload.state() == UploadState.RECEIVING && !upload.isFull()
				&& !this.expiration.apply(upload).isExpired(Instant.now());
	}

	/**
	 * An upload that is counted.
	 */
	static final class Entry {

		private final @Nullable String client;

		private volatile boolean stored;

		/**
		 * How many creations with this id go on. Changed by one thread at a time, within
		 * the map.
		 */
		private int holders = 1;

		private Entry(@Nullable String client) {
			this.client = client;
		}

		private Entry hold() {
			this.holders++;
			return this;
		}

		/**
		 * Returns whether nothing needs this any more.
		 */
		private boolean release() {
			this.holders--;
			return this.holders == 0 && !this.stored;
		}

	}

}
