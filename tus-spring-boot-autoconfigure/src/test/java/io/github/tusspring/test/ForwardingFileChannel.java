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

package io.github.tusspring.test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * Passes everything on; what is to be different in a test is overridden. All bytes are
 * written by {@link #write(ByteBuffer, long)}.
 */
public class ForwardingFileChannel extends FileChannel {

	private final FileChannel channel;

	protected ForwardingFileChannel(FileChannel channel) {
		this.channel = channel;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return this.channel.read(target);
	}

	@Override
	public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
		return this.channel.read(targets, offset, length);
	}

	@Override
	public int read(ByteBuffer target, long position) throws IOException {
		return this.channel.read(target, position);
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		int count = write(source, this.channel.position());
		this.channel.position(this.channel.position() + count);
		return count;
	}

	@Override
	public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
		long count = 0;
		for (int i = offset; i < offset + length; i++) {
			count += write(sources[i]);
		}
		return count;
	}

	@Override
	public int write(ByteBuffer source, long position) throws IOException {
		return this.channel.write(source, position);
	}

	@Override
	public long position() throws IOException {
		return this.channel.position();
	}

	@Override
	public FileChannel position(long newPosition) throws IOException {
		this.channel.position(newPosition);
		return this;
	}

	@Override
	public long size() throws IOException {
		return this.channel.size();
	}

	@Override
	public FileChannel truncate(long size) throws IOException {
		this.channel.truncate(size);
		return this;
	}

	@Override
	public void force(boolean metaData) throws IOException {
		this.channel.force(metaData);
	}

	@Override
	public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, 8192));
		int read = this.channel.read(buffer, position);
		return (read > 0) ? target.write(buffer.flip()) : 0;
	}

	@Override
	public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, 8192));
		int read = source.read(buffer);
		return (read > 0) ? write(buffer.flip(), position) : 0;
	}

	@Override
	public MappedByteBuffer map(MapMode mode, long position, long size) {
		throw new UnsupportedOperationException();
	}

	@Override
	public FileLock lock(long position, long size, boolean shared) throws IOException {
		throw new UnsupportedOperationException();
	}

	@Override
	public FileLock tryLock(long position, long size, boolean shared) throws IOException {
		throw new UnsupportedOperationException();
	}

	@Override
	protected void implCloseChannel() throws IOException {
		this.channel.close();
	}

}
