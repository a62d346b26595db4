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
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Makes the object of a final upload of those of its parts. The store copies; only what
 * is too small to be copied is read and sent again, in memory of the budget. Where all
 * parts of an object must have the same size, that is what crosses a border of two, and
 * where the store doesn't copy, everything.
 */
final class S3Concatenation {

	private static final Log logger = LogFactory.getLog(S3UploadStorage.class);

	private final S3UploadStorage storage;

	private final S3Objects objects;

	private final StoredUpload stored;

	private final S3Location location;

	private final String bucket;

	private final boolean equalParts;

	private boolean copying;

	/**
	 * The size of a piece that is copied.
	 */
	private long size;

	private final List<CompletableFuture<Manifest.Part>> sent = new ArrayList<>();

	/**
	 * What is going to be read and sent as one part.
	 */
	private final List<S3Range> gathered = new ArrayList<>();

	private long gatheredSize;

	S3Concatenation(S3UploadStorage storage, StoredUpload stored) {
		this.storage = storage;
		this.objects = storage.objects();
		this.stored = stored;
		this.location = storage.location(stored.manifest());
		this.bucket = storage.bucket(this.location);
		this.equalParts = storage.settings().equalParts();
		this.copying = !Boolean.FALSE.equals(this.objects.copiesParts());
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
			putWhole(sources, length);
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
		rememberWhetherToCopy();
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

	private void putWhole(List<S3Range> sources, long length) throws IOException {
		this.storage.budget().acquire(length);
		try {
			this.storage.assembly().put(this.stored, read(sources), (manifest) -> {
			});
		}
		finally {
			this.storage.budget().giveBack(length);
		}
	}

	private List<Manifest.Part> send(String upload, List<S3Range> sources, long length) throws IOException {
		// As few as can be, since each takes one of the numbers.
		this.size = Math.max(this.storage.settings().partSize(),
				Math.min(S3Settings.MAX_PART_SIZE, length / (this.storage.settings().maxParts() / 2)));
		for (S3Range source : sources) {
			add(upload, source);
		}
		if (this.gatheredSize > 0) {
			flush(upload);
		}
		List<Manifest.Part> all = new ArrayList<>();
		for (CompletableFuture<Manifest.Part> part : this.sent) {
			all.add(this.objects.await(part));
		}
		return all;
	}

	private void add(String upload, S3Range source) throws IOException {
		S3Range rest = source;
		while (rest != null) {
			long count = canCopy(rest) ? copy(upload, rest) : gather(upload, rest);
			rest = (count < rest.length()) ? rest.skip(count) : null;
		}
	}

	private boolean canCopy(S3Range rest) {
		return this.copying && this.gatheredSize == 0
				&& rest.length() >= (this.equalParts ? sizeInMemory() : S3Settings.MIN_PART_SIZE);
	}

	/**
	 * Returns the size from which bytes that are read are sent as a part.
	 */
	private long sizeInMemory() {
		return (this.copying && !this.equalParts) ? S3Settings.MIN_PART_SIZE
				: Math.min(this.size, this.storage.settings().memory() / 2);
	}

	/**
	 * Has the store copy the next part.
	 * @return how long that is, or 0 if the store doesn't copy
	 */
	private long copy(String upload, S3Range rest) throws IOException {
		// What is left has to be large enough to be copied, too.
		boolean whole = rest.length() < this.size + S3Settings.MIN_PART_SIZE
				&& rest.length() <= S3Settings.MAX_PART_SIZE;
		long count = this.equalParts ? sizeInMemory() : (whole ? rest.length() : this.size);
		throttle();
		CompletableFuture<Manifest.Part> part = this.objects.copyPart(this.bucket, this.location.key(), upload,
				number(), rest.first(count));
		if (this.objects.copiesParts() == null && StoreFailures.isNotUnderstood(part)) {
			this.copying = false;
			return 0;
		}
		this.sent.add(part);
		return count;
	}

	/**
	 * Notes what the store can do. What it has refused can have had another reason, too,
	 * as long as nothing else has succeeded.
	 */
	private void rememberWhetherToCopy() {
		if (!this.copying && this.objects.copiesParts() == null) {
			logger
				.info("The store doesn't copy parts of objects: what final uploads consist of is read and sent again");
			this.objects.setCopiesParts(false);
		}
	}

	private long gather(String upload, S3Range rest) throws IOException {
		long missing = sizeInMemory() - this.gatheredSize;
		// What is left has to be large enough to be copied.
		boolean whole = this.copying && !this.equalParts && rest.length() < missing + S3Settings.MIN_PART_SIZE;
		long count = whole ? rest.length() : Math.min(rest.length(), missing);
		this.gathered.add(rest.first(count));
		this.gatheredSize += count;
		if (this.gatheredSize >= sizeInMemory()) {
			flush(upload);
		}
		return count;
	}

	private void flush(String upload) throws IOException {
		throttle();
		long size = this.gatheredSize;
		int number = number();
		MemoryBudget budget = this.storage.budget();
		budget.acquire(size);
		CompletableFuture<Manifest.Part> part;
		try {
			part = this.objects.part(this.bucket, this.location.key(), upload, number, size,
					new MemoryBody(read(this.gathered)));
		}
		catch (IOException | RuntimeException ex) {
			budget.giveBack(size);
			throw ex;
		}
		part.whenComplete((result, ex) -> budget.giveBack(size));
		this.sent.add(part);
		this.gathered.clear();
		this.gatheredSize = 0;
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
