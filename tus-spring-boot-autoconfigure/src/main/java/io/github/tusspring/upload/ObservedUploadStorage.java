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

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Tells an observer of the calls of a storage.
 */
public final class ObservedUploadStorage extends DelegatingUploadStorage {

	private final UploadObserver observer;

	private ObservedUploadStorage(UploadStorage storage, UploadObserver observer) {
		super(storage);
		this.observer = observer;
	}

	/**
	 * Returns a storage that is observed.
	 * @param storage the storage
	 * @param observer what sees it
	 * @return the storage itself if the observer doesn't observe calls
	 */
	public static UploadStorage of(UploadStorage storage, UploadObserver observer) {
		return observer.observesCalls() ? new ObservedUploadStorage(storage, observer) : storage;
	}

	@Override
	public Upload create(NewUpload upload) throws IOException {
		return observe(StorageOperation.CREATE, upload.id(), () -> super.create(upload));
	}

	@Override
	public boolean use(UploadId id, Instant until) throws IOException {
		return observe(StorageOperation.CREATE, id, () -> super.use(id, until));
	}

	@Override
	public @Nullable Upload find(UploadId id) throws IOException {
		return observe(StorageOperation.FIND, id, () -> super.find(id));
	}

	@Override
	public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
		UploadWriter writer = observe(StorageOperation.APPEND, upload.id(),
				() -> super.append(upload, generation, held));
		return new ObservedWriter(upload.id(), writer);
	}

	@Override
	public void update(Upload upload) throws IOException {
		run(StorageOperation.UPDATE, upload.id(), () -> super.update(upload));
	}

	@Override
	public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
		return observe(StorageOperation.CONCATENATE, upload.id(), () -> super.concatenate(upload, parts));
	}

	@Override
	public void moveContent(Upload upload, Path target) throws IOException {
		run(StorageOperation.CONTENT, upload.id(), () -> super.moveContent(upload, target));
	}

	@Override
	public void deleteContent(Upload upload) throws IOException {
		run(StorageOperation.CONTENT, upload.id(), () -> super.deleteContent(upload));
	}

	@Override
	public boolean delete(UploadId id) throws IOException {
		return observe(StorageOperation.DELETE, id, () -> super.delete(id));
	}

	@Override
	public boolean delete(Upload upload) throws IOException {
		return observe(StorageOperation.DELETE, upload.id(), () -> super.delete(upload));
	}

	@Override
	public void renew(Upload upload) throws IOException {
		run(StorageOperation.UPDATE, upload.id(), () -> super.renew(upload));
	}

	@Override
	public void release(Upload upload, Instant next) throws IOException {
		run(StorageOperation.UPDATE, upload.id(), () -> super.release(upload, next));
	}

	private void run(StorageOperation operation, UploadId id, Work work) throws IOException {
		observe(operation, id, () -> {
			work.run();
			return Boolean.TRUE;
		});
	}

	private <T extends @Nullable Object> T observe(StorageOperation operation, UploadId id, Call<T> call)
			throws IOException {
		UploadObserver.StorageCallObserver observed = this.observer.storageCalled(operation, id);
		Throwable failure = null;
		try {
			return call.run();
		}
		catch (IOException | RuntimeException | Error ex) {
			failure = ex;
			throw ex;
		}
		finally {
			observed.ended(failure);
		}
	}

	@FunctionalInterface
	private interface Call<T extends @Nullable Object> {

		T run() throws IOException;

	}

	@FunctionalInterface
	private interface Work {

		void run() throws IOException;

	}

	/**
	 * Tells of commits, and not of the bytes themselves.
	 */
	private final class ObservedWriter extends DelegatingUploadWriter {

		private final UploadId id;

		private ObservedWriter(UploadId id, UploadWriter writer) {
			super(writer);
			this.id = id;
		}

		@Override
		public void commit() throws IOException {
			ObservedUploadStorage.this.run(StorageOperation.COMMIT, this.id, super::commit);
		}

	}

}
