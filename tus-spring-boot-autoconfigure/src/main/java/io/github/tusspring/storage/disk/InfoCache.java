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

package io.github.tusspring.storage.disk;

import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the records of the uploads that were looked at last, within a limit of their
 * number and of what clients wrote into them. Thread-safe.
 */
final class InfoCache {

	private static final int LIMIT = 8192;

	/**
	 * The limit of all metadata and addresses together, in characters.
	 */
	private static final long TEXT_LIMIT = 8 * 1024 * 1024;

	private final Map<UploadId, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

	private final Map<UploadId, Write> writes = new HashMap<>();

	private long text;

	/**
	 * Returns what is in memory of a record. It counts if its file is still the same.
	 * @return the record, or {@code null} if it isn't in memory
	 */
	@Nullable Entry find(UploadId id) {
		synchronized (this.entries) {
			return this.entries.get(id);
		}
	}

	/**
	 * Keeps a record, unless it may change without a trace.
	 * @param info the record, or {@code null} if there is none
	 * @param version the record's file as it was before the record was read, or
	 * {@code null} if there was none
	 */
	void put(UploadId id, @Nullable UploadInfo info, @Nullable Version version) {
		synchronized (this.entries) {
			remove(id);
			if (info != null && version != null && version.isSettled()) {
				add(id, new Entry(info, version));
			}
		}
	}

	private void add(UploadId id, Entry entry) {
		this.entries.put(id, entry);
		this.text += text(entry.info);
		Iterator<Entry> eldest = this.entries.values().iterator();
		while (this.entries.size() > LIMIT || this.text > TEXT_LIMIT) {
			this.text -= text(eldest.next().info);
			eldest.remove();
		}
	}

	/**
	 * Called before a record is written by this instance.
	 */
	void writing(UploadId id) {
		synchronized (this.entries) {
			remove(id);
			this.writes.computeIfAbsent(id, (key) -> new Write()).begin();
		}
	}

	/**
	 * Called after a record was written by this instance, which is not to read it again
	 * soon. Of two that were written at the same time it isn't clear which one stays.
	 * @param info the record, or {@code null} if it is to be read again
	 * @param version the record's file as it is now
	 */
	void written(UploadId id, @Nullable UploadInfo info, @Nullable Version version) {
		synchronized (this.entries) {
			Write write = Objects.requireNonNull(this.writes.get(id));
			if (write.end()) {
				this.writes.remove(id);
			}
			if (info != null && version != null && write.alone) {
				remove(id);
				add(id, new Entry(info, version));
			}
		}
	}

	void remove(UploadId id) {
		synchronized (this.entries) {
			Entry removed = this.entries.remove(id);
			if (removed != null) {
				this.text -= text(removed.info);
			}
		}
	}

	private static int text(UploadInfo info) {
		int answer = (info.answer() != null) ? info.answer().body().length : 0;
		int urls = (info.asked().concatenation() instanceof Concatenation.Final concatenation)
				? concatenation.urls().length() : 0;
		return info.asked().metadata().header().length() + urls + answer;
	}

	/**
	 * A record in memory.
	 *
	 * @param info the record
	 * @param version its file as it was then
	 */
	record Entry(UploadInfo info, Version version) {

		/**
		 * Whether this is the record of a file that looks so. What was written here is
		 * read once more as soon as no change can hide: some other program may have
		 * written in the same tick.
		 */
		boolean isOf(Version other) {
			return this.version.isSame(other) && (this.version.isSettled() || !other.isSettled());
		}

	}

	/**
	 * The writes of a record that overlap.
	 */
	private static final class Write {

		private int count;

		private boolean alone = true;

		void begin() {
			this.alone &= ++this.count == 1;
		}

		boolean end() {
			return --this.count == 0;
		}

	}

	/**
	 * What tells one version of a file from another: any instance may have changed it.
	 */
	record Version(FileTime modified, long size, @Nullable Object key, boolean isSettled) {

		/**
		 * The coarsest clock of a file system, in milliseconds: a file may change twice
		 * in one tick of it, and look the same.
		 */
		private static final long COARSE_TICK = 2000;

		/**
		 * The tick of a file system that counts fractions of milliseconds: the kernel's
		 * clock behind it moves on a hundred times a second at least.
		 */
		private static final long FINE_TICK = 50;

		boolean isSame(Version other) {
			return this.size == other.size && this.modified.equals(other.modified)
					&& Objects.equals(this.key, other.key);
		}

		static @Nullable Version of(@Nullable BasicFileAttributes file) {
			if (file == null) {
				return null;
			}
			FileTime modified = file.lastModifiedTime();
			long tick = (modified.toInstant().getNano() % 1_000_000 != 0) ? FINE_TICK : COARSE_TICK;
			return new Version(modified, file.size(), file.fileKey(),
					System.currentTimeMillis() - modified.toMillis() > tick);
		}

	}

}
