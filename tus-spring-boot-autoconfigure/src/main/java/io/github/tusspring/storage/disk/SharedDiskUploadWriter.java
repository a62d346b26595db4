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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadWriter;
import org.jspecify.annotations.Nullable;

/**
 * Appends to a data file as long as no other instance has taken the upload.
 */
final class SharedDiskUploadWriter implements UploadWriter {

	private final DiskUploadWriter writer;

	private final DiskUploadStorage storage;

	private final DirectoryFence fence;

	private final DueFiles due;

	private final DirectoryFence.@Nullable Ticket ticket;

	SharedDiskUploadWriter(DiskUploadWriter writer, DiskUploadStorage storage, DirectoryFence fence, DueFiles due,
			DirectoryFence.@Nullable Ticket ticket) {
		this.writer = writer;
		this.storage = storage;
		this.fence = fence;
		this.due = due;
		this.ticket = ticket;
	}

	private FenceFile.@Nullable Pass pass() throws IOException {
		return this.fence.pass(id(), this.ticket);
	}

	private UploadId id() {
		return this.writer.upload().id();
	}

	@Override
	public void write(ByteBuffer bytes) throws IOException {
		try (FenceFile.Pass pass = pass()) {
			this.writer.write(bytes);
		}
	}

	/**
	 * Where another instance has taken the upload, which this one need not know yet, what
	 * that one tells its clients.
	 */
	@Override
	public long offset() {
		try {
			Upload taken = this.fence.mayBeTaken(this.ticket) ? this.storage.find(id()) : null;
			if (taken == null) {
				return this.writer.offset();
			}
			this.storage.secure(taken);
			return taken.offset();
		}
		catch (IOException ex) {
			// Whoever can't read the directory can't tell a client of the upload either.
			return this.writer.offset();
		}
	}

	@Override
	public void read(Consumer<ByteBuffer> consumer) throws IOException {
		this.writer.read(consumer);
	}

	@Override
	public void commit() throws IOException {
		try (FenceFile.Pass pass = pass()) {
			this.writer.commit();
		}
	}

	@Override
	public void close() throws IOException {
		try (FenceFile.Pass pass = pass()) {
			this.writer.close();
			Upload upload = this.writer.upload();
			// What waits for a part has to hear of it first.
			if (!this.writer.isFull()) {
				this.due.remove(upload.id());
			}
		}
		catch (UploadLockedException ex) {
			closeFile();
		}
		catch (IOException ex) {
			closeFile();
			throw ex;
		}
	}

	/**
	 * Closes only the file: what is in it may be another instance's to keep or to cut
	 * off.
	 */
	private void closeFile() throws IOException {
		this.writer.fence();
		this.writer.close();
	}

}
