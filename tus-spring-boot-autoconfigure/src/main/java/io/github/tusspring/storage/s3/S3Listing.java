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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

/**
 * The objects below a prefix, of which one page at a time is in memory.
 */
final class S3Listing implements Iterator<S3Listing.Entry> {

	private final S3Objects objects;

	private final String bucket;

	private final String prefix;

	private Iterator<Entry> entries = List.<Entry>of().iterator();

	private @Nullable String token;

	private boolean begun;

	S3Listing(S3Objects objects, String bucket, String prefix) {
		this.objects = objects;
		this.bucket = bucket;
		this.prefix = prefix;
	}

	Stream<Entry> stream() {
		return StreamSupport
			.stream(Spliterators.spliteratorUnknownSize(this, Spliterator.ORDERED | Spliterator.NONNULL), false);
	}

	@Override
	public boolean hasNext() {
		while (!this.entries.hasNext() && (!this.begun || this.token != null)) {
			this.begun = true;
			try {
				Page page = this.objects.await(this.objects.page(this.bucket, this.prefix, this.token));
				this.entries = page.entries().iterator();
				// A store that gives the same token again would never come to an end.
				this.token = Objects.equals(page.token(), this.token) ? null : page.token();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
		return this.entries.hasNext();
	}

	@Override
	public Entry next() {
		if (!hasNext()) {
			throw new NoSuchElementException();
		}
		return this.entries.next();
	}

	/**
	 * Some of the objects.
	 *
	 * @param entries the objects
	 * @param token what to ask for the next page with, or {@code null} if this is the
	 * last
	 */
	record Page(List<Entry> entries, @Nullable String token) {
	}

	/**
	 * An object.
	 *
	 * @param key the key
	 * @param modified when it was written
	 */
	record Entry(String key, Instant modified) {
	}

}
