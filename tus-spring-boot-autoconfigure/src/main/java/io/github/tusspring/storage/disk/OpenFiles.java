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

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.tusspring.upload.UploadId;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.function.SingletonSupplier;

/**
 * Keeps the data files of unfinished uploads open between two appends, for a while and as
 * many as a limit allows: opening and closing one for each small append costs a third of
 * its time. They are closed whenever a file can't be opened otherwise. A file is here or
 * with a writer, never both. Thread-safe.
 */
final class OpenFiles {

	/**
	 * The limit where the process may open any number of files.
	 */
	private static final int LIMIT = 512;

	/**
	 * The part of all files that the process may open.
	 */
	private static final int SHARE = 8;

	/**
	 * How long a file stays open between two appends. If another instance has removed the
	 * upload, its bytes take room as long as the file is open here.
	 */
	private static final Duration IDLE = Duration.ofSeconds(10);

	private static final Log logger = LogFactory.getLog(OpenFiles.class);

	private final LinkedHashMap<UploadId, Idle> files = new LinkedHashMap<>();

	/**
	 * Found out for the first file: the JVM is asked by its management, which an
	 * application that starts needs for nothing else.
	 */
	private final SingletonSupplier<Integer> limit;

	private final long idle;

	private boolean watched;

	private boolean stopped;

	OpenFiles() {
		this(SingletonSupplier.of(() -> limit(allowed())), IDLE);
	}

	OpenFiles(int limit, Duration idle) {
		this(SingletonSupplier.of(limit), idle);
	}

	private OpenFiles(SingletonSupplier<Integer> limit, Duration idle) {
		this.limit = limit;
		this.idle = idle.toNanos();
	}

	private static long allowed() {
		try {
			return (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)
					? system.getMaxFileDescriptorCount() : -1;
		}
		catch (LinkageError ex) {
			// A runtime without the modules of management.
			return -1;
		}
	}

	/**
	 * Returns how many files may be kept open.
	 * @param allowed the number of files that the process may open, or -1 if that isn't
	 * known
	 */
	static int limit(long allowed) {
		return (allowed >= 0) ? (int) Math.min(LIMIT, allowed / SHARE) : LIMIT;
	}

	/**
	 * Opens a file, and makes room for it if too many are open.
	 */
	FileChannel open(Path path, OpenOption... options) throws IOException {
		return open(() -> FileChannel.open(path, options));
	}

	/**
	 * Opens anything, and makes room for it if too many files are open.
	 */
	<T> T open(Opening<T> opening) throws IOException {
		try {
			return opening.open();
		}
		catch (NoSuchFileException | FileAlreadyExistsException ex) {
			throw ex;
		}
		catch (FileSystemException ex) {
			// The system says in words only that too many are open. Those between two
			// appends can be opened again.
			closeAll();
			return opening.open();
		}
	}

	/**
	 * Takes a file out.
	 */
	@Nullable FileChannel take(UploadId id) {
		Idle taken;
		synchronized (this.files) {
			taken = this.files.remove(id);
		}
		// An interrupt closes the file that a thread works with.
		return (taken != null && taken.file.isOpen()) ? taken.file : null;
	}

	/**
	 * Puts a file back, and closes the one that was put here longest ago if there are too
	 * many.
	 */
	void put(UploadId id, FileChannel file) {
		synchronized (this.files) {
			int limit = this.limit.obtain();
			if (this.stopped || limit == 0) {
				close(file);
				return;
			}
			Idle former = this.files.put(id, new Idle(file, System.nanoTime()));
			if (former != null) {
				close(former.file);
			}
			if (this.files.size() > limit) {
				Map.Entry<UploadId, Idle> eldest = this.files.entrySet().iterator().next();
				this.files.remove(eldest.getKey());
				close(eldest.getValue().file);
			}
			watch();
		}
	}

	private void watch() {
		if (!this.watched) {
			this.watched = true;
			CompletableFuture.delayedExecutor(this.idle, TimeUnit.NANOSECONDS).execute(this::closeIdle);
		}
	}

	private void closeIdle() {
		synchronized (this.files) {
			long now = System.nanoTime();
			Iterator<Idle> eldest = this.files.values().iterator();
			while (eldest.hasNext()) {
				Idle candidate = eldest.next();
				if (now - candidate.since < this.idle) {
					break;
				}
				close(candidate.file);
				eldest.remove();
			}
			this.watched = false;
			if (!this.files.isEmpty()) {
				watch();
			}
		}
	}

	/**
	 * Closes the file of an upload that is going to be moved or removed.
	 */
	void close(UploadId id) {
		FileChannel file = take(id);
		if (file != null) {
			close(file);
		}
	}

	/**
	 * Closes all files and keeps none open from now on.
	 */
	void stop() {
		synchronized (this.files) {
			this.stopped = true;
			closeAll();
		}
	}

	private void closeAll() {
		synchronized (this.files) {
			this.files.values().forEach((idle) -> close(idle.file));
			this.files.clear();
		}
	}

	private void close(FileChannel file) {
		try {
			file.close();
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("A file could not be closed: %s", ex));
		}
	}

	/**
	 * Opens a file or a directory.
	 *
	 * @param <T> what is open then
	 */
	interface Opening<T> {

		T open() throws IOException;

	}

	private record Idle(FileChannel file, long since) {
	}

}
