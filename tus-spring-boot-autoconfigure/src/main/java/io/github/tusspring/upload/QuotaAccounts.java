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
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Counts what uploads take, in total and for each client. Thread-safe.
 */
final class QuotaAccounts {

	private final Map<UploadId, Entry> entries = new HashMap<>();

	private final Map<String, Account> accounts = new HashMap<>();

	private final Account all = new Account();

	private final QuotaLimits limits;

	QuotaAccounts(QuotaLimits limits) {
		this.limits = limits;
	}

	/**
	 * Counts an upload, or that it grows.
	 * @param id the upload's id
	 * @param client whose it is, or {@code null} to count it in total only
	 * @param bytes what it takes
	 * @throws QuotaExceededException if that is more than it may be; nothing is counted
	 */
	synchronized void take(UploadId id, @Nullable String client, long bytes) {
		Entry before = this.entries.get(id);
		if (before != null && before.bytes() >= bytes) {
			return;
		}
		remove(id);
		try {
			check(this.all, bytes, "", this.limits.maxUnfinishedSize(), this.limits.maxStored(),
					this.limits.maxStoredSize());
			if (client != null) {
				check(account(client), bytes, "-per-client", this.limits.maxUnfinishedSizePerClient(),
						this.limits.maxStoredPerClient(), this.limits.maxStoredSizePerClient());
			}
			put(id, new Entry(client, bytes, false));
		}
		catch (QuotaExceededException ex) {
			if (before != null) {
				put(id, before);
			}
			throw ex;
		}
	}

	private Account account(String client) {
		return this.accounts.getOrDefault(client, new Account());
	}

	private static void check(Account account, long bytes, String suffix, long maxUnfinishedSize, long maxStored,
			long maxStoredSize) {
		if (maxUnfinishedSize > 0 && bytes > maxUnfinishedSize - account.unfinishedBytes) {
			throw new QuotaExceededException("tus.limits.max-unfinished-size" + suffix, !suffix.isEmpty());
		}
		if (maxStored > 0 && account.count >= maxStored) {
			throw new QuotaExceededException("tus.limits.max-stored" + suffix, !suffix.isEmpty());
		}
		if (maxStoredSize > 0 && bytes > maxStoredSize - account.bytes) {
			throw new QuotaExceededException("tus.limits.max-stored-size" + suffix, !suffix.isEmpty());
		}
	}

	/**
	 * Counts an upload that is there, whatever the limits are.
	 */
	synchronized void set(UploadId id, @Nullable String client, long bytes, boolean finished) {
		remove(id);
		put(id, new Entry(client, bytes, finished));
	}

	private void put(UploadId id, Entry entry) {
		this.entries.put(id, entry);
		this.all.add(entry, 1);
		if (entry.client() != null) {
			this.accounts.computeIfAbsent(entry.client(), (client) -> new Account()).add(entry, 1);
		}
	}

	/**
	 * Forgets an upload that takes nothing any more.
	 */
	synchronized void remove(UploadId id) {
		Entry entry = this.entries.remove(id);
		if (entry == null) {
			return;
		}
		this.all.add(entry, -1);
		if (entry.client() != null) {
			this.accounts.computeIfPresent(entry.client(), (client, account) -> account.add(entry, -1));
		}
	}

	/**
	 * Returns the uploads that keep a client from storing more.
	 * @param client the client, or {@code null} for all
	 */
	synchronized Set<UploadId> uploads(@Nullable String client) {
		return this.entries.entrySet()
			.stream()
			.filter((entry) -> client == null || client.equals(entry.getValue().client()))
			.map(Map.Entry::getKey)
			.collect(Collectors.toSet());
	}

	private record Entry(@Nullable String client, long bytes, boolean finished) {
	}

	private static final class Account {

		private long count;

		private long bytes;

		private long unfinishedBytes;

		/**
		 * Adds an upload, or takes it away.
		 * @return the account, or {@code null} if there is nothing in it
		 */
		private @Nullable Account add(Entry entry, int times) {
			this.count += times;
			this.bytes += times * entry.bytes();
			this.unfinishedBytes += entry.finished() ? 0 : times * entry.bytes();
			return (this.count > 0) ? this : null;
		}

	}

}
