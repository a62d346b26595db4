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

package io.github.tusspring.web;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourceRegion;

/**
 * The body of an answer that is made of parts of a content: all of it, one range, or
 * several ranges between the lines of a multipart body (RFC 9110, section 14.6). Not
 * thread-safe.
 */
final class ContentParts implements Closeable {

	private final Deque<Part> parts;

	private final Resource content;

	private final long length;

	private @Nullable ReadableByteChannel channel;

	private @Nullable InputStream stream;

	private long position;

	private ContentParts(Resource content, List<Part> parts) {
		this.content = content;
		this.parts = new ArrayDeque<>(parts);
		this.length = parts.stream().mapToLong((part) -> part.head().remaining() + part.count()).sum();
	}

	static ContentParts whole(Resource content) throws IOException {
		return new ContentParts(content, List.of(new Part(ByteBuffer.allocate(0), 0, content.contentLength())));
	}

	static ContentParts range(Resource content, ResourceRegion region) {
		return new ContentParts(content,
				List.of(new Part(ByteBuffer.allocate(0), region.getPosition(), region.getCount())));
	}

	/**
	 * Makes a multipart body.
	 */
	static ContentParts ranges(Resource content, List<ResourceRegion> regions, String type, String boundary)
			throws IOException {
		List<Part> parts = new ArrayList<>();
		String separator = "";
		for (ResourceRegion region : regions) {
			String head = separator + "--" + boundary + "\r\nContent-Type: " + type + "\r\nContent-Range: "
					+ contentRange(content, region) + "\r\n\r\n";
			parts.add(new Part(line(head), region.getPosition(), region.getCount()));
			separator = "\r\n";
		}
		parts.add(new Part(line("\r\n--" + boundary + "--\r\n"), 0, 0));
		return new ContentParts(content, parts);
	}

	static String contentRange(Resource content, ResourceRegion region) throws IOException {
		return "bytes " + region.getPosition() + "-" + (region.getPosition() + region.getCount() - 1) + "/"
				+ content.contentLength();
	}

	private static ByteBuffer line(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	/**
	 * Returns the number of bytes in all.
	 */
	long length() {
		return this.length;
	}

	/**
	 * Reads what comes next.
	 * @return the number of bytes, 0 at the end
	 * @throws EOFException if the content is shorter than it was
	 */
	int read(byte[] bytes) throws IOException {
		for (Part part = this.parts.peek(); part != null; part = this.parts.peek()) {
			int count = Math.min(part.head().remaining(), bytes.length);
			if (count > 0) {
				part.head().get(bytes, 0, count);
				return count;
			}
			if (part.count() > 0) {
				return read(part, bytes);
			}
			this.parts.remove();
		}
		return 0;
	}

	private int read(Part part, byte[] bytes) throws IOException {
		int wanted = (int) Math.min(bytes.length, part.count());
		int count = read(part.position(), bytes, wanted);
		if (count < 0) {
			throw new EOFException("The content has become shorter");
		}
		this.position += count;
		this.parts.remove();
		this.parts.addFirst(new Part(part.head(), part.position() + count, part.count() - count));
		return count;
	}

	private int read(long start, byte[] bytes, int wanted) throws IOException {
		if (this.content.isFile() && open() instanceof SeekableByteChannel file) {
			if (this.position != start) {
				file.position(start);
				this.position = start;
			}
			return file.read(ByteBuffer.wrap(bytes, 0, wanted));
		}
		return open(start).read(bytes, 0, wanted);
	}

	private ReadableByteChannel open() throws IOException {
		ReadableByteChannel opened = this.channel;
		if (opened == null) {
			opened = this.content.readableChannel();
			this.channel = opened;
		}
		return opened;
	}

	/**
	 * Opens a content that is not a file. What comes before is skipped, which costs a
	 * storage on another machine nothing.
	 */
	private InputStream open(long start) throws IOException {
		InputStream opened = this.stream;
		if (opened == null || this.position > start) {
			close();
			opened = this.content.getInputStream();
			this.stream = opened;
			this.position = 0;
		}
		if (this.position != start) {
			opened.skipNBytes(start - this.position);
			this.position = start;
		}
		return opened;
	}

	@Override
	public void close() throws IOException {
		try (InputStream closing = this.stream; ReadableByteChannel also = this.channel) {
			this.stream = null;
			this.channel = null;
		}
	}

	/**
	 * A piece of the content, and what comes before it.
	 *
	 * @param head what comes before it
	 * @param position where it begins
	 * @param count its length in bytes
	 */
	private record Part(ByteBuffer head, long position, long count) {
	}

}
