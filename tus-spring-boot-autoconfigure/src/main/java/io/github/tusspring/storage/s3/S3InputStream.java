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

package io.github.tusspring.storage.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads an object from where the first read begins, in pieces: who reads slowly holds no
 * connection to the store, and no more memory than one piece. One that is shorter than
 * its upload fails at its end. Not thread-safe.
 */
final class S3InputStream extends InputStream {

	private final S3Objects objects;

	private final String bucket;

	private final String key;

	private final long length;

	private final PieceSize size;

	private long position;

	private byte[] piece = {};

	private int read;

	private @Nullable String tag;

	S3InputStream(S3Objects objects, String bucket, String key, long length) {
		this.objects = objects;
		this.bucket = bucket;
		this.key = key;
		this.length = length;
		this.size = new PieceSize(objects.readAhead());
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : (one[0] & 0xFF);
	}

	@Override
	public int read(byte[] bytes, int offset, int count) throws IOException {
		if (count == 0) {
			return 0;
		}
		if (this.position >= this.length) {
			return -1;
		}
		if (this.read == this.piece.length) {
			load();
		}
		int available = Math.min(count, this.piece.length - this.read);
		System.arraycopy(this.piece, this.read, bytes, offset, available);
		this.read += available;
		this.position += available;
		if (this.position == this.length) {
			close();
		}
		return available;
	}

	private void load() throws IOException {
		this.piece = new byte[0];
		this.read = 0;
		int wanted = this.size.next(this.length - this.position);
		String range = "bytes=" + this.position + "-" + (this.position + wanted - 1);
		ResponseBytes<GetObjectResponse> response = this.objects
			.await(this.objects.get(this.bucket, this.key, range, this.tag));
		// The pieces are of one object, whatever takes its place meanwhile.
		this.tag = response.response().eTag();
		this.piece = response.asByteArrayUnsafe();
		if (this.piece.length != wanted) {
			throw new EOFException(
					"The object ends after " + (this.position + this.piece.length) + " of " + this.length + " bytes");
		}
	}

	@Override
	public long skip(long count) {
		long skipped = Math.max(0, Math.min(count, this.length - this.position));
		this.position += skipped;
		this.read = (int) Math.min(this.piece.length, this.read + skipped);
		return skipped;
	}

	@Override
	public void close() {
		this.piece = new byte[0];
		this.read = 0;
		this.size.close();
	}

	/**
	 * Says how much of an object is asked for at once: more each time, as long as all
	 * readers together have no more ahead of them than they may.
	 */
	private static final class PieceSize {

		private static final int MIN = 256 * 1024;

		private static final int MAX = 8 * 1024 * 1024;

		private final MemoryAllowance allowance;

		private int wanted = MIN / 2;

		private int taken;

		private PieceSize(MemoryAllowance allowance) {
			this.allowance = allowance;
		}

		private int next(long left) {
			close();
			this.wanted = Math.min(MAX, 2 * this.wanted);
			int size = (int) Math.min(left, this.wanted);
			if (size <= MIN) {
				return size;
			}
			if (!this.allowance.tryTake(size)) {
				this.wanted = MIN;
				return MIN;
			}
			this.taken = size;
			return size;
		}

		private void close() {
			this.allowance.giveBack(this.taken);
			this.taken = 0;
		}

	}

}
