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

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Watches how quickly the bytes of an append come. The time that the storage takes
 * doesn't count as the client's silence: a slow disk must not end the append of a quick
 * client. Written by the thread that appends, read by any.
 */
final class Pace {

	private final long started = System.nanoTime();

	private volatile long lastActivity = this.started;

	private volatile long received;

	private volatile long busy;

	private volatile boolean working;

	private long windowBegin = this.started;

	private long windowReceived;

	private long windowBusy;

	/**
	 * Called when the append has something to do.
	 */
	void begin() {
		this.lastActivity = System.nanoTime();
		this.working = true;
	}

	/**
	 * Called when it waits for its client again.
	 * @param count the number of bytes that have come
	 */
	@SuppressWarnings("NonAtomicOperationOnVolatileField")
	void end(int count) {
		long now = System.nanoTime();
		// There is one writer only.
		this.busy = this.busy + now - this.lastActivity;
		this.received = this.received + count;
		this.lastActivity = now;
		this.working = false;
	}

	long lastActivity() {
		return this.lastActivity;
	}

	/**
	 * Returns how many bytes came in a second since the begin.
	 */
	long rate() {
		return (long) ((double) this.received * TimeUnit.SECONDS.toNanos(1)
				/ Math.max(1, System.nanoTime() - this.started));
	}

	/**
	 * Whether the client has sent nothing for the given time.
	 */
	boolean isSilentFor(Duration time) {
		return System.nanoTime() - this.lastActivity >= time.toNanos() && !this.working;
	}

	/**
	 * Whether fewer bytes came in the last full window than have to. To be called every
	 * now and then, by one thread at a time.
	 */
	boolean isBelow(@Nullable MinimumRate rate) {
		long now = System.nanoTime();
		if (rate == null || this.working || now - this.windowBegin < rate.window().toNanos()) {
			return false;
		}
		long bytes = this.received - this.windowReceived;
		boolean below = bytes < rate.bytesIn(now - this.windowBegin - (this.busy - this.windowBusy));
		this.windowBegin = now;
		this.windowReceived += bytes;
		this.windowBusy = this.busy;
		return below;
	}

}
