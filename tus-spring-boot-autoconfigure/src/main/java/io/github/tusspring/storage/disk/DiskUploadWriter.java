package io.github.tusspring.storage.disk;

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

	/**
	 * How many bytes are written between two looks at the free space.
	 */
	private static final int SPACE_INTERVAL = 16 * 1024 * 1024;

	private static final int READ_BUFFER = 64 * 1024;

	private final DiskUploadStorage storage;

	private final Upload upload;

	private final FileChannel file;

	private final long generation;

	private final boolean held;

	private final boolean forced;

	private long position;

	private long nextSpaceCheck;

	private boolean pending;

	private volatile long offset;

	private volatile boolean fenced;

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
		this.nextSpaceCheck = upload.offset() + SPACE_INTERVAL;
	}

	@Override
	public void write(ByteBuffer bytes) throws IOException {
		if (this.fenced) {
			throw new UploadLockedException(this.upload.id());
		}
		if (this.position >= this.nextSpaceCheck) {
			this.storage.checkSpace();
			this.nextSpaceCheck = this.position + SPACE_INTERVAL;
		}
		try {
			while (bytes.hasRemaining()) {
				this.position += this.file.write(bytes, this.position);
			}
		}
		catch (IOException ex) {
			throw FreeSpace.translate(ex);
		}
		finally {
			if (!this.held && !this.forced) {
				this.offset = this.position;
			}
		}
	}

	@Override
	public long offset() {
		return this.offset;
	}

	@Override
	public void read(Consumer<ByteBuffer> consumer) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BUFFER);
		for (long from = this.upload.offset(); from < this.position;) {
			from += this.file.read(buffer.clear().limit((int) Math.min(READ_BUFFER, this.position - from)), from);
			consumer.accept(buffer.flip());
		}
	}

	@Override
	public void commit() throws IOException {
		if (this.fenced) {
			throw new UploadLockedException(this.upload.id());
		}
		if (this.forced) {
			this.file.force(false);
		}
		if (this.pending) {
			this.storage.cut(this.upload.id(), -1);
			this.pending = false;
		}
		this.offset = this.position;
	}

	@Override
	public void close() throws IOException {
		if (this.pending) {
			this.file.truncate(this.upload.offset());
			this.storage.cut(this.upload.id(), -1);
			this.position = this.upload.offset();
		}
		boolean full = this.upload.length() != null && this.upload.length() == this.position;
		this.storage.closed(this, !full);
	}

	/**
	 * Keeps this writer from writing any more: a later one has come.
	 */
	void fence() {
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
