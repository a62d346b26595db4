package io.github.tusspring.upload;

import java.io.IOException;

/**
 * Goes on with uploads that have all their bytes: those that are parts of others wait for
 * these, all others are delivered to the application. Thread-safe.
 */
final class FullUploads {

	private final UnfinishedUploads unfinished;

	private final Concatenator concatenator;

	private final UploadDelivery delivery;

	FullUploads(UnfinishedUploads unfinished, Concatenator concatenator, UploadDelivery delivery) {
		this.unfinished = unfinished;
		this.concatenator = concatenator;
		this.delivery = delivery;
	}

	/**
	 * Finishes a full upload.
	 * @param upload the upload
	 * @param lock the upload's lock, which is not the caller's any more
	 * @return the finished upload, or its delivery
	 */
	UploadOutcome finish(Upload upload, UploadLock lock) throws IOException {
		this.unfinished.remove(upload.id());
		if (upload.isPartial()) {
			lock.close();
			this.concatenator.filled(upload.id());
			return new UploadOutcome.Settled(upload);
		}
		return this.delivery.deliver(upload, lock);
	}

	/**
	 * Goes on with an upload, full or not, whose client may not come back.
	 * @param upload the upload, which is not locked
	 */
	void release(Upload upload) {
		if (!upload.isFull()) {
			return;
		}
		this.unfinished.remove(upload.id());
		if (upload.isPartial()) {
			this.concatenator.filled(upload.id());
		}
		else {
			this.delivery.deliverSoon(upload);
		}
	}

}
