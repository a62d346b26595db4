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

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Counts again what a limit refuses, for one client or for all. That reads the storage,
 * so it is done by one thread at a time, and not again within a second after its end.
 * Thread-safe.
 */
final class Recounts {

	static final long INTERVAL = TimeUnit.SECONDS.toNanos(1);

	private final Set<String> running = new HashSet<>();

	private final Map<String, Long> ended = new HashMap<>();

	private final LongSupplier nanoTime;

	Recounts() {
		this(System::nanoTime);
	}

	Recounts(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Counts again, unless that is being done or was done just now.
	 * @param client whose uploads are counted, or {@code null} for all
	 * @param recount counts them
	 * @return whether they were counted
	 */
	boolean run(@Nullable String client, Runnable recount) {
		String key = (client != null) ? client : "";
		if (!begin(key)) {
			return false;
		}
		try {
			recount.run();
			return true;
		}
		finally {
			end(key);
		}
	}

	private synchronized boolean begin(String key) {
		long now = this.nanoTime.getAsLong();
		this.ended.values().removeIf((end) -> now - end >= INTERVAL);
		return !this.ended.containsKey(key) && this.running.add(key);
	}

	private synchronized void end(String key) {
		this.running.remove(key);
		this.ended.put(key, this.nanoTime.getAsLong());
	}

}
