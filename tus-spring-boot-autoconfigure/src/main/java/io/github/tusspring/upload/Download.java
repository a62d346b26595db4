package io.github.tusspring.upload;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A finished upload whose content is being sent to a client. Counts among the downloads
 * there may be until it is closed; holds no lock. Thread-safe.
 */
public final class Download implements AutoCloseable {

	private final AtomicBoolean closed = new AtomicBoolean();

	private final Upload upload;

	private final Runnable end;

	Download(Upload upload, Runnable end) {
		this.upload = upload;
		this.end = end;
	}

	/**
	 * Returns the upload.
	 * @return the upload as it was when the download began
	 */
	public Upload upload() {
		return this.upload;
	}

	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.end.run();
		}
	}

}
