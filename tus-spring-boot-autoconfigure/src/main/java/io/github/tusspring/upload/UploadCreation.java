package io.github.tusspring.upload;

import java.io.IOException;
import java.util.List;

import org.springframework.util.Assert;

/**
 * Creates uploads: checks what a client asks for, lets the application change or refuse
 * it, and goes on with what is full from the beginning. Thread-safe.
 */
final class UploadCreation {

	private final UploadService service;

	private final UploadStorage storage;

	private final UploadLocker locker;

	private final UploadPolicy policy;

	private final List<UploadInterceptor> interceptors;

	private final Concatenator concatenator;

	private final UnfinishedUploads unfinished;

	UploadCreation(UploadService service, UploadStorage storage, UploadLocker locker, UploadPolicy policy,
			List<UploadInterceptor> interceptors, Concatenator concatenator, UnfinishedUploads unfinished) {
		this.service = service;
		this.storage = storage;
		this.locker = locker;
		this.policy = policy;
		this.interceptors = List.copyOf(interceptors);
		this.concatenator = concatenator;
		this.unfinished = unfinished;
	}

	Upload create(NewUpload upload) {
		NewUpload accepted = upload;
		if (upload.concatenation() instanceof Concatenation.Final concatenation) {
			accepted = this.concatenator.resolve(upload, concatenation);
		}
		this.policy.check(accepted);
		accepted = this.unfinished.reserve(intercept(accepted));
		try {
			return Long.valueOf(0).equals(accepted.length()) ? createEmpty(accepted) : createAndWait(accepted);
		}
		catch (IOException ex) {
			throw this.service.storageFailed(accepted.id(), ex);
		}
		finally {
			this.unfinished.release(accepted.id());
		}
	}

	private NewUpload intercept(NewUpload upload) {
		NewUpload accepted = upload;
		for (UploadInterceptor interceptor : this.interceptors) {
			accepted = interceptor.beforeCreate(accepted);
			Assert.state(accepted != null, () -> interceptor + " must return the upload to create");
			this.policy.checkLength(accepted.length(), accepted.endpoint());
		}
		return accepted;
	}

	private Upload createAndWait(NewUpload upload) throws IOException {
		Upload created = store(upload);
		return (created.concatenation() instanceof Concatenation.Final concatenation)
				? this.concatenator.created(created, concatenation) : created;
	}

	/**
	 * Creates an upload that is full from the beginning: under its lock, so that nobody
	 * else delivers it.
	 */
	private Upload createEmpty(NewUpload upload) throws IOException {
		UploadLock lock = this.locker.tryLock(upload.id());
		Upload created = null;
		try {
			created = store(upload);
		}
		finally {
			if (created == null) {
				lock.close();
			}
		}
		return this.service.finish(created, lock);
	}

	private Upload store(NewUpload upload) throws IOException {
		Upload created = this.policy.expiration().apply(this.storage.create(upload));
		this.unfinished.created(created.id());
		this.service.created(created);
		return created;
	}

}
