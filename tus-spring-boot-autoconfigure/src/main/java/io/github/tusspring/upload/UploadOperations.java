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

package io.github.tusspring.upload;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * What an operator may look at and do, whoever an upload belongs to. Thread-safe.
 */
public final class UploadOperations {

	private static final Log logger = LogFactory.getLog(UploadOperations.class);

	/**
	 * How many ids are held in memory at once.
	 */
	private static final int CANDIDATES = 10_000;

	private final UploadService service;

	private final TusUploads uploads;

	/**
	 * Creates an instance.
	 * @param service owns the rules
	 * @param uploads gives access to the uploads
	 */
	public UploadOperations(UploadService service, TusUploads uploads) {
		this.service = service;
		this.uploads = uploads;
	}

	/**
	 * Returns a page of uploads in the order of their ids. Goes through the ids of all
	 * uploads, and reads uploads until the page is full. Where a filter lets few pass, it
	 * goes through the ids again for each 10,000 uploads that it has read.
	 * @param after the id after which the page begins, or {@code null} for the first one
	 * @param limit how many uploads the page may have
	 * @param filter which uploads are wanted
	 * @return the uploads
	 * @throws UploadStorageException if the storage fails
	 */
	public List<Upload> page(@Nullable String after, int limit, Predicate<Upload> filter) {
		List<Upload> page = new ArrayList<>();
		String last = after;
		List<UploadId> next;
		do {
			next = next(last);
			next.stream()
				.map(this::read)
				.flatMap(Optional::stream)
				.filter(filter)
				.limit(limit - page.size())
				.forEach(page::add);
			last = next.isEmpty() ? last : next.get(next.size() - 1).toString();
		}
		while (page.size() < limit && next.size() == CANDIDATES);
		return page;
	}

	/**
	 * Returns the first ids after the given one.
	 */
	private List<UploadId> next(@Nullable String after) {
		Comparator<UploadId> order = Comparator.comparing(UploadId::toString);
		PriorityQueue<UploadId> next = new PriorityQueue<>(order.reversed());
		try (Stream<UploadId> all = this.uploads.ids()) {
			all.filter((id) -> after == null || id.toString().compareTo(after) > 0).forEach((id) -> {
				next.add(id);
				if (next.size() > CANDIDATES) {
					next.remove();
				}
			});
		}
		catch (UncheckedIOException ex) {
			throw new UploadStorageException("Uploads can't be listed", ex);
		}
		return next.stream().sorted(order).toList();
	}

	private Optional<Upload> read(UploadId id) {
		try {
			return this.uploads.look(id);
		}
		catch (UploadUnavailableException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			logger.warn(LogMessage.format("Upload '%s' can't be read: %s", id.abbreviated(), ex));
			return Optional.empty();
		}
	}

	/**
	 * Finds an upload.
	 * @param id the upload's id
	 * @return the upload with the offset that its client may be told, or empty if there
	 * is none
	 */
	public Optional<Upload> find(UploadId id) {
		Optional<Upload> found = this.uploads.find(id);
		AppendSession running = this.service.running().find(id);
		return (running != null && !running.isFinishing()) ? found.map((upload) -> upload.withOffset(running.offset()))
				: found;
	}

	/**
	 * Returns how quickly the bytes of an append come that runs in this instance.
	 * @param id the upload's id
	 * @return the number of bytes in a second since the append has begun, or empty if
	 * there is no append
	 */
	public Optional<Long> rate(UploadId id) {
		return Optional.ofNullable(this.service.running().find(id)).map(AppendSession::rate);
	}

	/**
	 * Returns how many appends run in this instance.
	 * @return the number
	 */
	public int runningAppends() {
		return this.service.running().size();
	}

	/**
	 * Ends an append that runs in this instance, as if its upload had been taken over:
	 * its client may go on.
	 * @param id the upload's id
	 * @return whether there was one that could be ended
	 */
	public boolean interrupt(UploadId id) {
		AppendSession running = this.service.running().find(id);
		return running != null && running.stop(StopReason.TAKEN_OVER);
	}

	/**
	 * Removes an upload, in whatever state it is, after ending an append to it.
	 * @param id the upload's id
	 * @return whether there was such an upload
	 * @throws UploadLockedException if it is being delivered to the application
	 * @throws UploadStorageException if the storage fails
	 */
	public boolean terminate(UploadId id) {
		return this.service.terminate(id);
	}

	/**
	 * Delivers a full upload again soon, and not only when its time has come.
	 * @param id the upload's id
	 * @return whether it waits for that: one for an endpoint of the application's own
	 * waits for its client
	 */
	public boolean redeliver(UploadId id) {
		Upload upload = this.uploads.find(id).orElse(null);
		if (upload == null || upload.state() != UploadState.FINISHING || upload.endpoint() != null) {
			return false;
		}
		this.service.redeliver(upload);
		return true;
	}

}
