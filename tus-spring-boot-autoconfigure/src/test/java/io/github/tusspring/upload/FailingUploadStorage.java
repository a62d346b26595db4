package io.github.tusspring.upload;

import java.io.IOException;

/**
 * Fails at one of the next updates.
 */
final class FailingUploadStorage extends ForwardingUploadStorage {

	private int updates;

	FailingUploadStorage(UploadStorage delegate) {
		super(delegate);
	}

	void failAtUpdate(int number) {
		this.updates = number;
	}

	@Override
	public void update(Upload upload) throws IOException {
		if (--this.updates == 0) {
			throw new IOException("The disk is broken");
		}
		super.update(upload);
	}

}
