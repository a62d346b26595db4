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

package io.github.tusspring.storage.disk;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.Consumer;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadWriter;

/**
 * Appends to a data file. The file's length is the upload's offset, but for held bytes:
 * as long as there are any, the record's mark says where to cut them off.
 */
final class DiskUploadWriter implements UploadWriter {

	private static final int READ_BUFFER = 64 * 1024;

	private final DiskUploadStorage storage;

	private final Upload upload;

	private final FileChannel file;

	private final long generation;

	private final boolean held;

	private final boolean forced;

	private long position;

	private boolean pending;

	private boolean failed;

	private volatile long offset;

	private boolean fenced;

	DiskUploadWriter(DiskUploadStorage storage, Upload upload, FileChannel file, long generation, boolean held,
			boolean forced) {
		this.storage = storage;
		this.upload = upload;
		this.file = file;
		this.generation = generation;
		this.held = held;
		this.forced = forced;
		this.pending = held;
		this.position = upload.offset();
		this.offset = upload.offset();
	}

	@Override
	public synchronized void write(ByteBuffer bytes) throws IOException {
		checkFence();
		int count = bytes.remaining();
		this.storage.room().take(count);
		try {
			while (bytes.hasRemaining()) {
				this.position += this.file.write(bytes, this.position);
			}
		}
		catch (IOException ex) {
			this.failed = true;
			throw this.storage.room().translate(ex);
		}
		finally {
			this.storage.room().written(count);
			if (!this.held && !this.forced) {
				this.offset = this.position;
			}
		}
	}

	private void checkFence() {
		if (this.fenced) {
			throw new UploadLockedException(this.upload.id());
		}
	}

	@Override
	public long offset() {
		return this.offset;
	}

	@Override
	public void read(Consumer<ByteBuffer> consumer) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(READ_BUFFER);
		for (long from = this.upload.offset(); from < this.position;) {
			int count = this.file.read(buffer.clear().limit((int) Math.min(READ_BUFFER, this.position - from)), from);
			if (count < 0) {
				throw new EOFException("Upload '" + this.upload.id().abbreviated() + "' has lost bytes");
			}
			from += count;
			consumer.accept(buffer.flip());
		}
	}

	@Override
	public synchronized void commit() throws IOException {
		checkFence();
		try {
			if (this.forced) {
				this.file.force(false);
			}
			if (this.pending) {
				this.storage.cut(this.upload.id(), -1);
				this.pending = false;
			}
			if (isFull()) {
				this.storage.filled(this.upload);
			}
		}
		catch (IOException ex) {
			this.failed = true;
			throw ex;
		}
		this.offset = this.position;
	}

	@Override
	public synchronized void close() throws IOException {
		boolean reusable = false;
		try {
			if (!this.fenced) {
				discard();
				reusable = !isFull() && !this.failed;
			}
		}
		finally {
			this.storage.closed(this, reusable);
		}
	}

	boolean isFull() {
		return this.upload.length() != null && this.upload.length() == this.position;
	}

	/**
	 * Removes the bytes that don't count: those that were held, and those that could not
	 * be forced.
	 */
	private void discard() throws IOException {
		if (this.pending) {
			this.position = this.upload.offset();
			this.storage.truncate(this.file, this.position);
			this.storage.cut(this.upload.id(), -1);
		}
		else if (this.forced && this.offset < this.position && !mayBeTaken()) {
			this.position = this.offset;
			this.file.truncate(this.position);
		}
	}

	/**
	 * Whether somebody may have put a final upload together already, whose content is
	 * this very file then: of a part all bytes count as soon as they are there.
	 */
	private boolean mayBeTaken() {
		return this.upload.isPartial() && isFull();
	}

	/**
	 * Keeps this writer from writing any more, since a later one has come. A write that
	 * is under way has ended when this method returns.
	 */
	synchronized void fence() {
		this.fenced = true;
	}

	long generation() {
		return this.generation;
	}

	Upload upload() {
		return this.upload;
	}

	FileChannel file() {
		return this.file;
	}

}
