package io.github.tusspring.lock;

import io.github.tusspring.upload.AbstractUploadLockerTests;
import io.github.tusspring.upload.UploadLocker;

class LocalUploadLockerTests extends AbstractUploadLockerTests {

	private final UploadLocker locker = new LocalUploadLocker();

	@Override
	protected UploadLocker locker() {
		return this.locker;
	}

}
