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

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.function.SingletonSupplier;

/**
 * Keeps no more in a storage than is allowed. What is counted is kept in memory, some 200
 * bytes for each upload; uploads that were there before are counted by {@link #load}, and
 * those of other instances whenever uploads are {@link #list listed}. Before something is
 * refused what is counted is looked at again, since others may have removed it.
 */
public final class QuotaUploadStorage extends DelegatingUploadStorage {

	private static final Log logger = LogFactory.getLog(QuotaUploadStorage.class);

	/**
	 * The number of bytes after which an application is asked again.
	 */
	private static final long STEP = 1024 * 1024;

	/**
	 * The uploads that are counted and may not be there yet.
	 */
	private final Map<UploadId, Attempts> creating = new ConcurrentHashMap<>();

	private final Recounts recounts = new Recounts();

	private final QuotaLimits limits;

	private final Supplier<List<UploadQuota>> quotas;

	private final QuotaAccounts accounts;

	/**
	 * Whether only unfinished uploads count, and the storage notes for all instances
	 * which ones there are.
	 */
	private final boolean noted;

	/**
	 * Creates a storage.
	 * @param storage keeps the uploads
	 * @param limits how much may be stored
	 * @param quotas gives those that are asked what else is allowed, in their order;
	 * called once, for the first upload
	 */
	public QuotaUploadStorage(UploadStorage storage, QuotaLimits limits, Supplier<List<UploadQuota>> quotas) {
		super(storage);
		this.limits = limits;
		this.quotas = SingletonSupplier.of(quotas);
		this.accounts = new QuotaAccounts(limits);
		this.noted = limits.isLimited() && !limits.isStoredLimited() && storage.noteUnfinished();
	}

	/**
	 * Counts what is there.
	 */
	public void load() {
		if (this.noted) {
			countUnfinished();
		}
		else if (this.limits.isLimited()) {
			new UploadPass(this::list, "counted").forEach((upload) -> {
			});
		}
	}

	private void countUnfinished() {
		Set<UploadId> missed = this.accounts.uploads(null);
		boolean all = new UploadPass(() -> super.unfinished((id) -> true), "counted").forEach((upload) -> {
			missed.remove(upload.id());
			count(upload);
		});
		if (all) {
			missed.forEach(this::recount);
		}
	}

	@Override
	public Upload create(NewUpload upload) throws IOException {
		this.creating.merge(upload.id(), new Attempts(1, false),
				(others, one) -> new Attempts(others.running() + 1, others.failed()));
		boolean created = false;
		try {
			take(upload, (upload.length() != null) ? upload.length() : 0);
			Upload result = super.create(upload);
			created = true;
			return result;
		}
		finally {
			attempted(upload.id(), created);
		}
	}

	/**
	 * Ends an attempt to create an upload. What a failed attempt has counted may not be
	 * what the upload takes that another one has created.
	 */
	private void attempted(UploadId id, boolean created) {
		Attempts left = this.creating.computeIfPresent(id,
				(key, all) -> new Attempts(all.running() - 1, all.failed() || !created));
		if (left != null && left.running() == 0 && this.creating.remove(id, left) && left.failed()) {
			recount(id);
		}
	}

	private void take(NewUpload upload, long bytes) {
		if (this.limits.isLimited()) {
			count(upload.id(), UploadClient.key(upload), bytes);
		}
		List<UploadQuota> others = this.quotas.get();
		if (!others.isEmpty()) {
			UploadDemand demand = new UploadDemand(upload.id(), upload.owner(), upload.metadata(), bytes);
			others.forEach((quota) -> quota.check(demand));
		}
	}

	private void count(UploadId id, @Nullable String client, long bytes) {
		while (true) {
			try {
				this.accounts.take(id, client, bytes);
				return;
			}
			catch (QuotaExceededException ex) {
				// The limit for one client is no reason to read what others have.
				if (!recount(ex.isOfClient() ? client : null)) {
					throw ex;
				}
			}
		}
	}

	private boolean recount(@Nullable String client) {
		return this.recounts.run(client, () -> this.accounts.uploads(client).forEach(this::recount));
	}

	private void recount(UploadId id) {
		if (this.creating.containsKey(id)) {
			return;
		}
		try {
			Upload upload = super.find(id);
			if (upload != null) {
				count(upload);
			}
			else {
				this.accounts.remove(id);
			}
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("Upload '%s' can't be read, and goes on counting", id.abbreviated()), ex);
		}
	}

	private void count(Upload upload) {
		boolean finished = upload.isFull();
		if (finished && (this.noted || !super.hasContent(upload))) {
			this.accounts.remove(upload.id());
			return;
		}
		long bytes = (upload.length() != null) ? upload.length() : upload.offset();
		this.accounts.set(upload.id(), UploadClient.key(upload.asked()), bytes, finished);
	}

	@Override
	public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
		if (upload.length() != null) {
			take(upload.asked(), upload.length());
			return super.append(upload, generation, held);
		}
		return new QuotaWriter(upload, super.append(upload, generation, held));
	}

	@Override
	public void update(Upload upload) throws IOException {
		super.update(upload);
		if (upload.isFull() && this.limits.isLimited()) {
			count(upload);
		}
	}

	@Override
	public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
		take(upload.asked(), parts.stream().mapToLong(Upload::offset).sum());
		return super.concatenate(upload, parts);
	}

	@Override
	public void moveContent(Upload upload, Path target) throws IOException {
		super.moveContent(upload, target);
		this.accounts.remove(upload.id());
	}

	@Override
	public void deleteContent(Upload upload) throws IOException {
		super.deleteContent(upload);
		this.accounts.remove(upload.id());
	}

	@Override
	public boolean delete(UploadId id) throws IOException {
		boolean deleted = super.delete(id);
		this.accounts.remove(id);
		return deleted;
	}

	@Override
	public boolean delete(Upload upload) throws IOException {
		boolean deleted = super.delete(upload);
		this.accounts.remove(upload.id());
		return deleted;
	}

	@Override
	public void whenLost(Consumer<Upload> listener) {
		super.whenLost((upload) -> {
			this.accounts.remove(upload.id());
			listener.accept(upload);
		});
	}

	/**
	 * Counts what other instances have created. Where finished uploads count, too, each
	 * instance has to make the pass for that.
	 */
	@Override
	public boolean beginPass(Duration interval) throws IOException {
		if (this.noted) {
			countUnfinished();
			return super.beginPass(interval);
		}
		return this.limits.isLimited() || super.beginPass(interval);
	}

	@Override
	public Stream<Upload> list() throws IOException {
		if (!this.limits.isLimited() || this.noted) {
			return super.list();
		}
		Set<UploadId> missed = this.accounts.uploads(null);
		Stream<Upload> uploads = super.list().peek((upload) -> {
			missed.remove(upload.id());
			count(upload);
		});
		// Reached only if all uploads were listed.
		return Stream.concat(uploads, Stream.of(missed).flatMap(this::recount));
	}

	/**
	 * Looks again at what was counted and isn't listed: others may have removed it.
	 * @return nothing
	 */
	private Stream<Upload> recount(Set<UploadId> missed) {
		missed.forEach(this::recount);
		return Stream.empty();
	}

	@Override
	public Stream<Upload> list(BiPredicate<UploadId, Instant> interest) throws IOException {
		return (this.limits.isLimited() && !this.noted) ? list() : super.list(interest);
	}

	/**
	 * Attempts to create one upload, one of which can succeed.
	 *
	 * @param running how many have not ended
	 * @param failed whether any has failed
	 */
	private record Attempts(int running, boolean failed) {
	}

	/**
	 * Counts the bytes of an upload without a length as they come.
	 */
	private final class QuotaWriter extends DelegatingUploadWriter {

		private final Upload upload;

		private long position;

		private long asked;

		private QuotaWriter(Upload upload, UploadWriter writer) {
			super(writer);
			this.upload = upload;
			this.position = upload.offset();
			this.asked = upload.offset() - STEP;
		}

		@Override
		public void write(ByteBuffer bytes) throws IOException {
			long end = this.position + bytes.remaining();
			if (QuotaUploadStorage.this.quotas.get().isEmpty() || end - this.asked >= STEP) {
				take(this.upload.asked(), end);
				this.asked = end;
			}
			super.write(bytes);
			this.position = end;
		}

	}

}
