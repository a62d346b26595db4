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

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.services.s3.model.S3Exception;

import org.springframework.core.log.LogMessage;

/**
 * Finds out at the first contact whether the store writes conditionally. One that doesn't
 * is used only where a locker keeps the instances apart. Thread-safe.
 */
final class FirstContact {

	private static final Log logger = LogFactory.getLog(S3UploadStorage.class);

	/**
	 * What the names of objects begin with that are there for a moment.
	 */
	static final String PROBE = ".probe-";

	private static final String OTHER_TAG = "\"00000000000000000000000000000000\"";

	/**
	 * How long to wait for another thread's attempt.
	 */
	private static final int WAIT_SECONDS = 16;

	private final ReentrantLock trying = new ReentrantLock();

	private final S3UploadStorage storage;

	private final boolean locked;

	private volatile boolean done;

	private volatile @Nullable MissingConditionalWritesException refusal;

	/**
	 * Until when nobody tries it again after an attempt that has failed, or 0.
	 */
	private long refusing;

	FirstContact(S3UploadStorage storage, boolean locked) {
		this.storage = storage;
		this.locked = locked;
		ConditionalWrites mode = storage.settings().conditionalWrites();
		this.done = mode == ConditionalWrites.OFF;
		if (mode == ConditionalWrites.OFF && !locked) {
			logger.warn(LogMessage.format("Bucket '%s' is written without conditions and without a locker that keeps "
					+ "instances apart: there must be one instance only", storage.settings().bucket()));
		}
	}

	/**
	 * Makes sure that the store can be used.
	 * @throws UploadUnavailableException if it can't
	 */
	void ensure() throws IOException {
		if (this.done) {
			return;
		}
		try {
			make();
		}
		catch (MissingConditionalWritesException ex) {
			throw new UploadUnavailableException("The store of uploads can't be used", ex);
		}
	}

	/**
	 * Tries what the store can do, once.
	 * @throws MissingConditionalWritesException if the store lacks what is needed
	 */
	void make() throws IOException {
		long begin = System.nanoTime();
		lock();
		try {
			if (this.refusal != null) {
				throw this.refusal;
			}
			if (!this.done) {
				if (this.refusing != 0 && this.refusing - begin > 0) {
					// Those who have waited are not to try it one after the other.
					throw unavailable();
				}
				tryOut();
			}
		}
		finally {
			this.trying.unlock();
		}
	}

	private void lock() {
		try {
			if (this.trying.tryLock(WAIT_SECONDS, TimeUnit.SECONDS)) {
				return;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		throw unavailable();
	}

	private UploadUnavailableException unavailable() {
		return new UploadUnavailableException("Bucket '" + this.storage.settings().bucket() + "' can't be used yet",
				null);
	}

	private void tryOut() throws IOException {
		boolean conditional;
		long begin = System.nanoTime();
		try {
			conditional = isConditional();
		}
		catch (IOException | RuntimeException ex) {
			// Nor those who have waited for a thread, where the store is silent.
			long now = System.nanoTime();
			this.refusing = now + (now - begin) / 10;
			throw ex;
		}
		if (!conditional && !(this.locked && isOptional())) {
			this.refusal = new MissingConditionalWritesException(this.storage.settings().bucket());
			logger.error(this.refusal.getMessage());
			throw this.refusal;
		}
		this.storage.manifests().setConditional(conditional);
		this.done = true;
	}

	private boolean isOptional() {
		return this.storage.settings().conditionalWrites() == ConditionalWrites.AUTO;
	}

	private boolean isConditional() throws IOException {
		S3Objects objects = this.storage.objects();
		String bucket = this.storage.settings().bucket();
		String key = this.storage.key(PROBE + UUID.randomUUID());
		// Some stores only compare the tag of an object that is there: to them a manifest
		// that was removed could be written again.
		boolean conditional = !isDone(() -> objects.await(objects.replace(bucket, key, body("0"), OTHER_TAG)));
		objects.await(objects.create(bucket, key, body("1"), false));
		try {
			conditional = conditional && !isDone(() -> objects.await(objects.create(bucket, key, body("2"), true)))
					&& !isDone(() -> objects.await(objects.replace(bucket, key, body("3"), OTHER_TAG)));
			objects.setDeletingConditionally(
					conditional && StoreFailures.isConditionNotMet(objects.deleteIfMatch(bucket, key, OTHER_TAG)));
			return conditional;
		}
		finally {
			objects.discard(objects.delete(bucket, key));
		}
	}

	private static AsyncRequestBody body(String text) {
		return AsyncRequestBody.fromString(text, StandardCharsets.UTF_8);
	}

	private static boolean isDone(Write write) throws IOException {
		try {
			write.run();
			return true;
		}
		catch (PreconditionFailedException | FileNotFoundException ex) {
			return false;
		}
		catch (UploadUnavailableException ex) {
			if (ex.getCause() instanceof S3Exception refused && refused.statusCode() == 501) {
				// Some stores say that they know no such header.
				return true;
			}
			throw ex;
		}
	}

	private interface Write {

		void run() throws IOException;

	}

}
