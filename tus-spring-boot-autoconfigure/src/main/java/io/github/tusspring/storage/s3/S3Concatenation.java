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

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadTooLargeException;

/**
 * Makes the object of a final upload of those of its parts. The store copies; only what
 * is too small to be copied is read and sent again.
 */
final class S3Concatenation {

	private final S3UploadStorage storage;

	private final S3Objects objects;

	private final StoredUpload stored;

	private final S3Location location;

	private final String bucket;

	private final List<CompletableFuture<Manifest.Part>> sent = new ArrayList<>();

	private final List<S3Range> small = new ArrayList<>();

	private long smallSize;

	S3Concatenation(S3UploadStorage storage, StoredUpload stored) {
		this.storage = storage;
		this.objects = storage.objects();
		this.stored = stored;
		this.location = storage.location(stored.manifest());
		this.bucket = storage.bucket(this.location);
	}

	/**
	 * Concatenates the parts.
	 * @return the length of the object
	 */
	long concatenate(List<Upload> parts) throws IOException {
		List<S3Range> sources = new ArrayList<>();
		for (Upload part : parts) {
			StoredUpload source = require(part);
			this.storage.assembly().complete(source);
			S3Location from = this.storage.location(source.manifest());
			if (part.offset() > 0) {
				sources.add(new S3Range(this.storage.bucket(from), from.key(), 0, part.offset()));
			}
		}
		long length = sources.stream().mapToLong(S3Range::length).sum();
		if (length < S3Settings.MIN_PART_SIZE) {
			this.storage.assembly().put(this.stored, read(sources), (manifest) -> {
			});
			return length;
		}
		String upload = this.objects.await(this.storage.assembly().begin(this.stored.manifest()));
		boolean done = false;
		try {
			List<Manifest.Part> all = send(upload, sources, length);
			this.storage.assembly().complete(this.stored.manifest(), upload, all, length);
			done = true;
		}
		finally {
			if (!done) {
				this.objects.discard(this.objects.abort(this.bucket, this.location.key(), upload));
			}
		}
		return length;
	}

	private StoredUpload require(Upload part) throws IOException {
		try {
			return this.storage.require(part);
		}
		catch (UploadNotFoundException ex) {
			FileNotFoundException absent = new FileNotFoundException("Part '" + part.id().abbreviated() + "' is gone");
			absent.initCause(ex);
			throw absent;
		}
	}

	private List<Manifest.Part> send(String upload, List<S3Range> sources, long length) throws IOException {
		// As few as can be, since each takes one of the numbers.
		long size = Math.max(this.storage.settings().partSize(),
				Math.min(S3Settings.MAX_PART_SIZE, length / (this.storage.settings().maxParts() / 2)));
		for (S3Range source : sources) {
			add(upload, source, size);
		}
		flush(upload);
		List<Manifest.Part> all = new ArrayList<>();
		for (CompletableFuture<Manifest.Part> part : this.sent) {
			all.add(this.objects.await(part));
		}
		return all;
	}

	private void add(String upload, S3Range source, long size) throws IOException {
		S3Range rest = source;
		if (this.smallSize > 0) {
			long missing = S3Settings.MIN_PART_SIZE - this.smallSize;
			// What is left has to be large enough to be copied.
			long borrowed = (rest.length() < missing + S3Settings.MIN_PART_SIZE) ? rest.length() : missing;
			keep(rest.first(borrowed));
			rest = (borrowed < rest.length()) ? rest.skip(borrowed) : null;
			if (this.smallSize >= S3Settings.MIN_PART_SIZE) {
				flush(upload);
			}
		}
		while (rest != null && rest.length() >= S3Settings.MIN_PART_SIZE) {
			long count = (rest.length() < size + S3Settings.MIN_PART_SIZE && rest.length() <= S3Settings.MAX_PART_SIZE)
					? rest.length() : size;
			S3Range piece = rest.first(count);
			throttle();
			this.sent.add(this.objects.copyPart(this.bucket, this.location.key(), upload, number(), piece));
			rest = (count < rest.length()) ? rest.skip(count) : null;
		}
		if (rest != null) {
			keep(rest);
		}
	}

	private void keep(S3Range range) {
		this.small.add(range);
		this.smallSize += range.length();
	}

	private void flush(String upload) throws IOException {
		if (this.small.isEmpty()) {
			return;
		}
		List<ByteBuffer> content = read(this.small);
		long size = this.smallSize;
		int number = number();
		throttle();
		this.sent.add(this.objects.part(this.bucket, this.location.key(), upload, number, size,
				new MemoryBody(content)));
		this.small.clear();
		this.smallSize = 0;
	}

	private int number() {
		int number = this.sent.size() + 1;
		if (number > this.storage.settings().maxParts()) {
			throw new UploadTooLargeException("There are too many parts");
		}
		return number;
	}

	/**
	 * Waits until no more requests run than may run for one upload.
	 */
	private void throttle() throws IOException {
		int last = this.sent.size() - this.storage.settings().concurrentParts();
		if (last >= 0) {
			this.objects.await(this.sent.get(last));
		}
	}

	private List<ByteBuffer> read(List<S3Range> ranges) throws IOException {
		List<ByteBuffer> content = new ArrayList<>();
		for (S3Range range : ranges) {
			content.add(this.objects.await(this.objects.get(range.bucket(), range.key(), range.header(), null))
				.asByteBuffer());
		}
		return content;
	}

}
