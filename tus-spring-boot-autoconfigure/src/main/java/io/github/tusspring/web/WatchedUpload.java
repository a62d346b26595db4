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

import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * An upload that clients watch. What happens to it is noted by whoever does it, and sent
 * by one thread at a time, in that order. Thread-safe.
 */
final class WatchedUpload {

	private static final Log logger = LogFactory.getLog(WatchedUpload.class);

	private static final long KEEP_ALIVE = Duration.ofSeconds(15).toNanos();

	private final Set<ProgressStream> streams = ConcurrentHashMap.newKeySet();

	private final Queue<Consumer<ProgressStream>> events = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean sending = new AtomicBoolean();

	private volatile long offset;

	private volatile @Nullable Long length;

	private volatile @Nullable Instant expires;

	private volatile boolean delivering;

	private volatile long told = System.nanoTime();

	WatchedUpload(Upload upload) {
		this.offset = upload.offset();
		this.length = upload.length();
		this.expires = upload.expires();
	}

	/**
	 * Returns the event that says in which state an upload is.
	 */
	static String event(Upload upload) {
		return switch (upload.state()) {
			case COMPLETED -> "completed";
			case REJECTED -> "rejected";
			case FINISHING -> "delivering";
			case RECEIVING -> "progress";
		};
	}

	private static boolean isLast(String event) {
		return !event.equals("progress") && !event.equals("delivering");
	}

	private static String lines(String event, long offset, @Nullable Long length) {
		return "event: " + event + "\ndata: {\"offset\":" + offset + ",\"length\":" + length + "}\n\n";
	}

	void add(ProgressStream stream) {
		this.streams.add(stream);
	}

	/**
	 * Removes a stream.
	 * @return whether nobody watches the upload any more
	 */
	boolean remove(ProgressStream stream) {
		this.streams.remove(stream);
		return this.streams.isEmpty();
	}

	/**
	 * Tells a new stream how far the upload is.
	 */
	void greet(ProgressStream stream, Upload upload) {
		String event = this.delivering ? "delivering" : event(upload);
		stream.send(lines(event, upload.offset(), upload.length()), isLast(event));
	}

	boolean isDelivering() {
		return this.delivering;
	}

	/**
	 * Notes what was seen of an upload that another instance may receive.
	 */
	void seen(Upload upload) {
		if (upload.state() == UploadState.RECEIVING) {
			this.expires = upload.expires();
			progress(upload.offset(), upload.length());
		}
		else {
			add(upload, event(upload));
		}
	}

	/**
	 * Notes that another instance has removed the upload.
	 */
	void gone() {
		Instant expires = this.expires;
		boolean expired = expires != null && !expires.isAfter(Instant.now());
		add(expired ? "expired" : "terminated", this.offset, this.length);
	}

	void progress(long offset, @Nullable Long length) {
		if (offset != this.offset) {
			add("progress", offset, length);
		}
	}

	void add(Upload upload, String event) {
		this.delivering = event.equals("delivering");
		add(event, upload.offset(), upload.length());
	}

	private void add(String event, long offset, @Nullable Long length) {
		this.offset = offset;
		this.length = length;
		String lines = lines(event, offset, length);
		boolean last = isLast(event);
		add((stream) -> stream.send(lines, last));
	}

	/**
	 * Has something sent if nothing was for a while.
	 */
	void keepAlive() {
		if (System.nanoTime() - this.told > KEEP_ALIVE) {
			add(ProgressStream::keepAlive);
		}
	}

	private void add(Consumer<ProgressStream> event) {
		this.told = System.nanoTime();
		this.events.add(event);
	}

	/**
	 * Sends what was noted, unless another thread is sending: it goes on with that.
	 */
	void send() {
		while (!this.events.isEmpty() && this.sending.compareAndSet(false, true)) {
			try {
				for (var event = this.events.poll(); event != null; event = this.events.poll()) {
					Consumer<ProgressStream> next = event;
					this.streams.forEach((stream) -> send(stream, next));
				}
			}
			finally {
				this.sending.set(false);
			}
		}
	}

	private static void send(ProgressStream stream, Consumer<ProgressStream> event) {
		try {
			event.accept(stream);
		}
		catch (RuntimeException ex) {
			// No stream keeps the others from hearing, nor what is called at times
			// from being called again.
			logger.debug("An event could not be sent", ex);
		}
	}

	/**
	 * Ends all streams.
	 */
	void end() {
		this.streams.forEach(ProgressStream::end);
	}

}
