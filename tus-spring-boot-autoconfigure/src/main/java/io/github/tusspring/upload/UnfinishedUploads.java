package io.github.tusspring.upload;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Counts the uploads that are not finished against their limits. What is counted is kept
 * in memory; the storage is looked through when the application starts, and what is
 * counted is looked at again before a creation is refused: another instance, the cleaner
 * or the application may have removed uploads meanwhile. Thread-safe.
 */
final class UnfinishedUploads {

	private static final Log logger = LogFactory.getLog(UnfinishedUploads.class);

	private static final long RECOUNT_INTERVAL = TimeUnit.SECONDS.toNanos(1);

	private final Map<UploadId, Entry> entries = new ConcurrentHashMap<>();

	private final AtomicLong recounted = new AtomicLong(System.nanoTime() - RECOUNT_INTERVAL);

	private final UploadStorage storage;

	private final ExpirationPolicy expiration;

	private final UploadLimits limits;

	private final ClientCounts counts;

	UnfinishedUploads(UploadStorage storage, UploadPolicy policy) {
		this.storage = storage;
		this.expiration = policy.expiration();
		this.limits = policy.limits();
		this.counts = new ClientCounts(this.limits.maxUploads(), this.limits.maxUploadsPerClient());
	}

	/**
	 * Counts an upload that is going to be created.
	 * @return the upload with no more of its client than needs to be stored
	 * @throws TooManyUploadsException if there are as many as there may be
	 */
	NewUpload reserve(NewUpload upload) {
		if (this.limits.areUploadsLimited()) {
			String client = UploadClient.key(upload.owner(), upload.remoteAddress());
			if (!this.counts.tryAdd(client) && !(recount() && this.counts.tryAdd(client))) {
				throw new TooManyUploadsException("There are too many unfinished uploads");
			}
			if (this.entries.putIfAbsent(upload.id(), new Entry(client)) != null) {
				// The storage will refuse it.
				this.counts.remove(client);
			}
		}
		boolean anonymous = upload.owner() == null && this.limits.maxUploadsPerClient() > 0;
		return anonymous ? upload : upload.mutate().remoteAddress(null).build();
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
	void release(UploadId id) {
		Entry entry = this.entries.get(id);
		if (entry != null && !entry.stored) {
			remove(id);
		}
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
		return !this.limits.areUploadsLimited() || new UploadPass(this.storage::list, "counted").forEach(this::load);
	}

	private void load(Upload upload) {
		if (!isUnfinished(upload)) {
			return;
		}
		Entry entry = new Entry(UploadClient.key(upload.owner(), upload.remoteAddress()));
		entry.stored = true;
		if (this.entries.putIfAbsent(upload.id(), entry) == null) {
			this.counts.add(entry.client);
			// It may have been finished since it was listed.
			check(upload.id());
		}
	}

	private boolean recount() {
		long last = this.recounted.get();
		long now = System.nanoTime();
		if (now - last < RECOUNT_INTERVAL || !this.recounted.compareAndSet(last, now)) {
			return false;
		}
		prune();
		return true;
	}

	/**
	 * Counts no more what is gone or has expired, by whomever.
	 */
	void prune() {
		this.entries.forEach((id, entry) -> {
			if (entry.stored) {
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
			// Another upload's client is not to hear of it, whatever it is.
			logger.debug(LogMessage.format("Upload '%s' can't be read, and counts on", id.abbreviated()), ex);
		}
	}

	private boolean isUnfinished(Upload upload) {
		return upload.state() == UploadState.RECEIVING && !upload.isFull()
				&& !this.expiration.apply(upload).isExpired(Instant.now());
	}

	private static final class Entry {

		private final @Nullable String client;

		private volatile boolean stored;

		private Entry(@Nullable String client) {
			this.client = client;
		}

	}

}
