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
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;

/**
 * Tells an observer of the calls of a storage.
 */
public final class ObservedUploadStorage implements UploadStorage {

	private final UploadStorage storage;

	private final UploadObserver observer;

	private ObservedUploadStorage(UploadStorage storage, UploadObserver observer) {
		this.storage = storage;
		this.observer = observer;
	}

	/**
	 * Returns a storage that is observed.
	 * @param storage the storage
	 * @param observer what sees it
	 * @return the storage itself if there is nothing that would see it
	 */
	public static UploadStorage of(UploadStorage storage, UploadObserver observer) {
		return observer.observesCalls() ? new ObservedUploadStorage(storage, observer) : storage;
	}

	@Override
	public Upload create(NewUpload upload) throws IOException {
		return observe(StorageOperation.CREATE, upload.id(), () -> this.storage.create(upload));
	}

	@Override
	public @Nullable Upload find(UploadId id) throws IOException {
		return observe(StorageOperation.FIND, id, () -> this.storage.find(id));
	}

	@Override
	public @Nullable Upload recall(UploadId id) throws IOException {
		return this.storage.recall(id);
	}

	@Override
	public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
		UploadWriter writer = observe(StorageOperation.APPEND, upload.id(),
				() -> this.storage.append(upload, generation, held));
		return new ObservedWriter(upload.id(), writer);
	}

	@Override
	public void update(Upload upload) throws IOException {
		run(StorageOperation.UPDATE, upload.id(), () -> this.storage.update(upload));
	}

	@Override
	public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
		return observe(StorageOperation.CONCATENATE, upload.id(), () -> this.storage.concatenate(upload, parts));
	}

	@Override
	public Resource content(Upload upload) {
		return this.storage.content(upload);
	}

	@Override
	public boolean hasContent(Upload upload) {
		return this.storage.hasContent(upload);
	}

	@Override
	public @Nullable Path path(Upload upload) {
		return this.storage.path(upload);
	}

	@Override
	public @Nullable URI downloadUrl(Upload upload, Duration time) throws IOException {
		return this.storage.downloadUrl(upload, time);
	}

	@Override
	public void moveContent(Upload upload, Path target) throws IOException {
		run(StorageOperation.CONTENT, upload.id(), () -> this.storage.moveContent(upload, target));
	}

	@Override
	public void deleteContent(Upload upload) throws IOException {
		run(StorageOperation.CONTENT, upload.id(), () -> this.storage.deleteContent(upload));
	}

	@Override
	public boolean delete(UploadId id) throws IOException {
		return observe(StorageOperation.DELETE, id, () -> this.storage.delete(id));
	}

	@Override
	public boolean delete(Upload upload) throws IOException {
		return observe(StorageOperation.DELETE, upload.id(), () -> this.storage.delete(upload));
	}

	@Override
	public void renew(Upload upload) throws IOException {
		run(StorageOperation.UPDATE, upload.id(), () -> this.storage.renew(upload));
	}

	@Override
	public void release(Upload upload, Instant next) throws IOException {
		run(StorageOperation.UPDATE, upload.id(), () -> this.storage.release(upload, next));
	}

	@Override
	public Stream<Upload> unsettled() throws IOException {
		return this.storage.unsettled();
	}

	@Override
	public boolean isRemote() {
		return this.storage.isRemote();
	}

	@Override
	public Stream<Upload> list() throws IOException {
		return this.storage.list();
	}

	@Override
	public void check() throws IOException {
		this.storage.check();
	}

	@Override
	public long freeSpace() throws IOException {
		return this.storage.freeSpace();
	}

	@Override
	public long memoryUsed() {
		return this.storage.memoryUsed();
	}

	@Override
	public void tidy() throws IOException {
		this.storage.tidy();
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

	@Override
	public String toString() {
		return this.storage.toString();
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
	 * Tells of commits: the bytes themselves pass untold.
	 */
	private final class ObservedWriter implements UploadWriter {

		private final UploadId id;

		private final UploadWriter writer;

		private ObservedWriter(UploadId id, UploadWriter writer) {
			this.id = id;
			this.writer = writer;
		}

		@Override
		public void write(ByteBuffer bytes) throws IOException {
			this.writer.write(bytes);
		}

		@Override
		public boolean hasRoom(Runnable listener) {
			return this.writer.hasRoom(listener);
		}

		@Override
		public boolean isReadable() {
			return this.writer.isReadable();
		}

		@Override
		public long offset() {
			return this.writer.offset();
		}

		@Override
		public void read(Consumer<ByteBuffer> consumer) throws IOException {
			this.writer.read(consumer);
		}

		@Override
		public void commit() throws IOException {
			ObservedUploadStorage.this.run(StorageOperation.COMMIT, this.id, this.writer::commit);
		}

		@Override
		public void keepAlive() {
			this.writer.keepAlive();
		}

		@Override
		public void close() throws IOException {
			this.writer.close();
		}

	}

}
