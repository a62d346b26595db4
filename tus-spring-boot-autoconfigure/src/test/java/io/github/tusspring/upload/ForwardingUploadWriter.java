package io.github.tusspring.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Passes everything on; what fails in a test is overridden.
 */
class ForwardingUploadWriter implements UploadWriter {

	private final UploadWriter delegate;

	ForwardingUploadWriter(UploadWriter delegate) {
		this.delegate = delegate;
	}

	@Override
	public void write(ByteBuffer bytes) throws IOException {
		this.delegate.write(bytes);
	}

	@Override
	public long offset() {
		return this.delegate.offset();
	}

	@Override
	public void read(Consumer<ByteBuffer> consumer) throws IOException {
		this.delegate.read(consumer);
	}

	@Override
	public void commit() throws IOException {
		this.delegate.commit();
	}

	@Override
	public void close() throws IOException {
		this.delegate.close();
	}

}
