package io.github.tusspring.web.endpoint;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;

import org.springframework.core.io.Resource;

/**
 * The content of an upload as the body of a request. All of it is there: a reader never
 * waits.
 */
final class ContentInputStream extends ServletInputStream {

	private static final int MARK_LENGTH = 8192;

	private final Resource content;

	private final InputStream input;

	private boolean finished;

	ContentInputStream(Resource content) throws IOException {
		this.content = content;
		this.input = new BufferedInputStream(content.getInputStream(), MARK_LENGTH);
	}

	/**
	 * Returns the content itself, for a reader that wants more than a stream.
	 */
	Resource content() {
		return this.content;
	}

	@Override
	public int read() throws IOException {
		int b = this.input.read();
		this.finished = b < 0;
		return b;
	}

	@Override
	public int read(byte[] bytes, int offset, int length) throws IOException {
		int count = this.input.read(bytes, offset, length);
		this.finished = count < 0;
		return count;
	}

	@Override
	public long skip(long count) throws IOException {
		return this.input.skip(count);
	}

	@Override
	public int available() throws IOException {
		return this.input.available();
	}

	@Override
	public long transferTo(OutputStream out) throws IOException {
		long count = this.input.transferTo(out);
		this.finished = true;
		return count;
	}

	@Override
	public boolean markSupported() {
		return true;
	}

	@Override
	public synchronized void mark(int limit) {
		this.input.mark(limit);
	}

	@Override
	public synchronized void reset() throws IOException {
		this.input.reset();
		this.finished = false;
	}

	@Override
	public void close() throws IOException {
		this.input.close();
	}

	@Override
	public boolean isFinished() {
		return this.finished;
	}

	@Override
	public boolean isReady() {
		return true;
	}

	@Override
	public void setReadListener(ReadListener listener) {
		try {
			while (!this.finished) {
				listener.onDataAvailable();
			}
			listener.onAllDataRead();
		}
		catch (IOException | UncheckedIOException ex) {
			listener.onError(ex);
		}
	}

}
