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
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;

/**
 * Reads an object from where the first read begins. One that is shorter than its upload
 * fails at its end. Not thread-safe.
 */
final class S3InputStream extends InputStream {

	private final S3Objects objects;

	private final String bucket;

	private final String key;

	private final long length;

	private long position;

	private @Nullable InputStream stream;

	S3InputStream(S3Objects objects, String bucket, String key, long length) {
		this.objects = objects;
		this.bucket = bucket;
		this.key = key;
		this.length = length;
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
		int read = open().read(bytes, offset, count);
		if (read < 0) {
			throw new EOFException(
					"Object '" + this.key + "' ends after " + this.position + " of " + this.length + " bytes");
		}
		this.position += read;
		return read;
	}

	@Override
	public long skip(long count) throws IOException {
		long skipped = Math.max(0, Math.min(count, this.length - this.position));
		if (this.stream != null) {
			skipped = this.stream.skip(skipped);
		}
		this.position += skipped;
		return skipped;
	}

	private InputStream open() throws IOException {
		if (this.stream == null) {
			String range = (this.position > 0) ? "bytes=" + this.position + "-" : null;
			this.stream = this.objects.await(this.objects.client()
				.getObject((request) -> request.bucket(this.bucket).key(this.key).range(range),
						AsyncResponseTransformer.toBlockingInputStream()));
		}
		return this.stream;
	}

	@Override
	public void close() throws IOException {
		if (this.stream instanceof ResponseInputStream<?> response && this.position < this.length) {
			// Else all of the rest would be read.
			response.abort();
		}
		else if (this.stream != null) {
			this.stream.close();
		}
	}

}
