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
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Stands for a process that is killed before or after one of the steps that change the
 * disk: from then on nothing happens any more.
 */
final class CrashingUploadStorage extends ForwardingUploadStorage {

	private final int step;

	private final boolean after;

	private int steps;

	private boolean crashed;

	CrashingUploadStorage(UploadStorage delegate, int step, boolean after) {
		super(delegate);
		this.step = step;
		this.after = after;
	}

	boolean isCrashed() {
		return this.crashed;
	}

	private <T> T step(Callable<T> action) throws IOException {
		checkAlive();
		boolean last = ++this.steps == this.step;
		if (last && !this.after) {
			crash();
		}
		try {
			T result = action.call();
			if (last) {
				crash();
			}
			return result;
		}
		catch (IOException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private void crash() {
		this.crashed = true;
		checkAlive();
	}

	private void checkAlive() {
		if (this.crashed) {
			throw new Crash();
		}
	}

	@Override
	public Upload create(NewUpload upload) throws IOException {
		return step(() -> super.create(upload));
	}

	@Override
	public Upload find(UploadId id) throws IOException {
		checkAlive();
		return super.find(id);
	}

	@Override
	public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
		return step(() -> new Writer(super.append(upload, generation, held)));
	}

	@Override
	public void update(Upload upload) throws IOException {
		step(() -> {
			super.update(upload);
			return upload;
		});
	}

	@Override
	public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
		return step(() -> super.concatenate(upload, parts));
	}

	@Override
	public void moveContent(Upload upload, Path target) throws IOException {
		step(() -> {
			super.moveContent(upload, target);
			return upload;
		});
	}

	@Override
	public void deleteContent(Upload upload) throws IOException {
		step(() -> {
			super.deleteContent(upload);
			return upload;
		});
	}

	@Override
	public boolean delete(UploadId id) throws IOException {
		return step(() -> super.delete(id));
	}

	@Override
	public Stream<Upload> list() throws IOException {
		checkAlive();
		return super.list();
	}

	/**
	 * The end of the process.
	 */
	static final class Crash extends Error {

	}

	private final class Writer implements UploadWriter {

		private final UploadWriter delegate;

		private Writer(UploadWriter delegate) {
			this.delegate = delegate;
		}

		@Override
		public void write(ByteBuffer bytes) throws IOException {
			step(() -> {
				this.delegate.write(bytes);
				return bytes;
			});
		}

		@Override
		public long offset() {
			return this.delegate.offset();
		}

		@Override
		public void read(Consumer<ByteBuffer> consumer) throws IOException {
			checkAlive();
			this.delegate.read(consumer);
		}

		@Override
		public void commit() throws IOException {
			step(() -> {
				this.delegate.commit();
				return this;
			});
		}

		@Override
		public void close() throws IOException {
			step(() -> {
				this.delegate.close();
				return this;
			});
		}

	}

}
