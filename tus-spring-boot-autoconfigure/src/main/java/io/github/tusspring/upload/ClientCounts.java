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
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Counts something in total and for each client. Holds nothing for a client whose count
 * is 0. Thread-safe.
 */
public final class ClientCounts {

	private final Map<String, Integer> counts = new HashMap<>();

	private final int max;

	private final int maxPerClient;

	private int total;

	/**
	 * Creates counts of nothing.
	 * @param max the maximum in total, or 0 for no limit
	 * @param maxPerClient the maximum for each client, or 0 for no limit
	 */
	public ClientCounts(int max, int maxPerClient) {
		this.max = max;
		this.maxPerClient = maxPerClient;
	}

	/**
	 * Counts one more, if there may be one more.
	 * @param client the client, or {@code null} if it isn't known, which counts towards
	 * the total only
	 * @return whether it was counted
	 */
	public synchronized boolean tryAdd(@Nullable String client) {
		if (isFull()) {
			return false;
		}
		if (this.maxPerClient > 0 && client != null && this.counts.getOrDefault(client, 0) >= this.maxPerClient) {
			return false;
		}
		add(client);
		return true;
	}

	/**
	 * Names the limit that was reached.
	 * @param limit the property with the maximum in total
	 * @return its name, or that of the property with the maximum for each client
	 */
	String exceeded(String limit) {
		return isFull() ? limit : limit + "-per-client";
	}

	/**
	 * Whether there are as many in total as there may be.
	 */
	synchronized boolean isFull() {
		return this.max > 0 && this.total >= this.max;
	}

	/**
	 * Counts one more, whether or not there may be one more.
	 */
	synchronized void add(@Nullable String client) {
		this.total++;
		if (client != null) {
			this.counts.merge(client, 1, Integer::sum);
		}
	}

	/**
	 * Counts one less.
	 * @param client the client for which it was counted
	 */
	public synchronized void remove(@Nullable String client) {
		this.total--;
		if (client != null) {
			this.counts.computeIfPresent(client, (key, count) -> (count > 1) ? count - 1 : null);
		}
	}

}
