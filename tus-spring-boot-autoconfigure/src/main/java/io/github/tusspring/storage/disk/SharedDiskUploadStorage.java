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

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.DelegatingUploadStorage;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadFence;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadWriter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Keeps uploads in a directory that several instances of an application share, as
 * {@link DiskUploadStorage} does for one. Every change looks whether another instance has
 * taken the upload; no file stays open between two appends; claims of deliveries are
 * stored, and so is what waits, so that any instance can go on with it. Needs a locker
 * that all instances share and that calls this storage's {@link UploadFence}.
 */
public final class SharedDiskUploadStorage extends DelegatingUploadStorage implements Closeable {

	/**
	 * How long a claim of a delivery runs after its last renewal.
	 */
	private static final Duration CLAIM = Duration.ofSeconds(30);

	private static final Log logger = LogFactory.getLog(SharedDiskUploadStorage.class);

	private final DiskUploadStorage storage;

	private final DirectoryFence fence;

	private final DueFiles due;

	private final WaitingFiles waiting;

	private final Path lastPass;

	private volatile boolean listed;

	/**
	 * Creates a storage.
	 * @param directory the directory, which is made if it doesn't exist
	 * @param durability when bytes are forced to the disk
	 * @param minFreeSpace the number of free bytes below which no more are taken
	 * @throws IOException if the directory can't be made or used
	 */
	public SharedDiskUploadStorage(Path directory, Durability durability, long minFreeSpace) throws IOException {
		this(new DiskUploadStorage(directory, durability, minFreeSpace, true), directory.toRealPath());
	}

	private SharedDiskUploadStorage(DiskUploadStorage storage, Path directory) throws IOException {
		super(storage);
		this.storage = storage;
		this.fence = new DirectoryFence(directory);
		this.due = new DueFiles(directory, storage.room()::translate);
		this.waiting = new WaitingFiles(directory, storage.room()::translate);
		this.lastPass = directory.resolve(".cleaned");
	}

	@Override
	public void enter(UploadId id) throws IOException {
		this.fence.enter(id);
	}

	/**
	 * A claim bars the fence: what an instance is delivering stays its own until the
	 * claim has run out, though its lock is lost.
	 */
	@Override
	public boolean raise(UploadId id) throws IOException {
		return this.fence.raise(id, this::isClaimed);
	}

	private boolean isClaimed(UploadId id) throws IOException {
		Upload upload = find(id);
		return upload != null && upload.isClaimed(Instant.now());
	}

	@Override
	public void leave(UploadId id) {
		this.fence.leave(id);
	}

	private FenceFile.@Nullable Pass pass(UploadId id) throws IOException {
		return this.fence.pass(id, this.fence.ticket(id));
	}

	@Override
	public Upload create(NewUpload upload) throws IOException {
		if (upload.isFinal() || Long.valueOf(0).equals(upload.length())) {
			// If this fails, the note is that of an upload which is there already, or it
			// is removed with others that belong to none.
			this.due.add(upload.id());
		}
		return this.storage.create(upload);
	}

	@Override
	public @Nullable Upload find(UploadId id) throws IOException {
		return claimed(this.storage.find(id));
	}

	@Override
	public @Nullable Upload recall(UploadId id) throws IOException {
		return find(id);
	}

	private @Nullable Upload claimed(@Nullable Upload upload) throws IOException {
		return (upload != null && upload.state() == UploadState.FINISHING)
				? upload.mutate().claimed(this.due.claimed(upload.id())).build() : upload;
	}

	@Override
	public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
		UploadId id = upload.id();
		DirectoryFence.Ticket ticket = this.fence.ticket(id);
		try (FenceFile.Pass pass = this.fence.pass(id, ticket)) {
			// Another instance may have had the upload, and removed its file.
			this.storage.closeFile(id);
			this.due.add(id);
			return new SharedDiskUploadWriter(this.storage.open(upload, generation, held), this.storage, this.fence,
					this.due, ticket);
		}
	}

	@Override
	public void update(Upload upload) throws IOException {
		UploadId id = upload.id();
		try (FenceFile.Pass pass = pass(id)) {
			if (upload.state() == UploadState.FINISHING) {
				this.due.claim(id, Instant.now().plus(CLAIM));
			}
			this.storage.update(upload);
			if (upload.state().isSettled()) {
				this.due.remove(id);
			}
		}
	}

	@Override
	public void renew(Upload upload) throws IOException {
		try (FenceFile.Pass pass = pass(upload.id())) {
			this.due.renew(upload.id(), Instant.now().plus(CLAIM));
		}
	}

	@Override
	public void release(Upload upload, Instant next) throws IOException {
		try (FenceFile.Pass pass = pass(upload.id())) {
			this.due.postpone(upload.id(), next);
		}
	}

	@Override
	public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
		try (FenceFile.Pass pass = pass(upload.id())) {
			return this.storage.concatenate(upload, parts);
		}
	}

	@Override
	public void moveContent(Upload upload, Path target) throws IOException {
		try (FenceFile.Pass pass = pass(upload.id())) {
			this.storage.moveContent(upload, target);
		}
	}

	@Override
	public void deleteContent(Upload upload) throws IOException {
		try (FenceFile.Pass pass = pass(upload.id())) {
			this.storage.deleteContent(upload);
		}
	}

	@Override
	public boolean delete(UploadId id) throws IOException {
		try (FenceFile.Pass pass = pass(id)) {
			boolean deleted = this.storage.delete(id);
			this.due.remove(id);
			goOnWithout(id);
			return deleted;
		}
	}

	/**
	 * Notes that somebody has to go on with what waits for a part that is gone.
	 */
	private void goOnWithout(UploadId part) throws IOException {
		try (Stream<UploadId> finals = filled(part)) {
			finals.forEach((id) -> {
			});
		}
		catch (UncheckedIOException ex) {
			throw ex.getCause();
		}
	}

	@Override
	public boolean delete(Upload upload) throws IOException {
		return delete(upload.id());
	}

	@Override
	public boolean awaitPart(Upload upload, UploadId part) throws IOException {
		this.waiting.add(upload.id(), part);
		if (isOpen(part)) {
			this.due.remove(upload.id());
			if (isOpen(part)) {
				return true;
			}
			// Whoever has filled it meanwhile may have noted what was removed after that.
			this.due.add(upload.id());
		}
		this.waiting.remove(upload.id(), part);
		return false;
	}

	private boolean isOpen(UploadId id) throws IOException {
		Upload upload = find(id);
		return upload != null && !upload.isFull();
	}

	@Override
	public Stream<UploadId> filled(UploadId part) throws IOException {
		Stream<UploadId> finals = this.waiting.list(part).stream().filter((id) -> waitsNoMore(id, part));
		// Reached only when all of them have come.
		return Stream.concat(finals, Stream.of(part).flatMap(this::settled));
	}

	/**
	 * Notes that somebody has to go on with a final upload, instead of what it waited
	 * for.
	 * @return {@code false} if there is nothing to go on with
	 */
	private boolean waitsNoMore(UploadId id, UploadId part) {
		try {
			boolean open = isWaiting(id);
			if (open) {
				this.due.add(id);
			}
			this.waiting.remove(id, part);
			return open;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean isWaiting(UploadId id) throws IOException {
		Upload upload = find(id);
		return upload != null && upload.state() == UploadState.RECEIVING;
	}

	private Stream<UploadId> settled(UploadId part) {
		try {
			this.due.remove(part);
			this.waiting.tidy(part);
			return Stream.empty();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Lists what is noted; the first time everything, since the directory may come from
	 * an instance that noted nothing, and again if the notes were removed.
	 */
	@Override
	public Stream<Upload> unsettled() throws IOException {
		if (this.due.restore()) {
			this.listed = false;
		}
		if (!this.listed) {
			try (Stream<Upload> all = this.storage.list()) {
				long failed = all.filter((upload) -> mayWait(upload) && !isNotedByItsPart(upload))
					.filter((upload) -> !note(upload))
					.count();
				this.listed = failed == 0;
			}
		}
		return this.due.list().stream().flatMap((id) -> Stream.ofNullable(findDue(id)));
	}

	private static boolean mayWait(Upload upload) {
		return upload.state() == UploadState.FINISHING || (upload.isFinal() && upload.state() == UploadState.RECEIVING);
	}

	private static boolean isFullPart(Upload upload) {
		return upload.isPartial() && upload.isFull();
	}

	private boolean isNotedByItsPart(Upload upload) {
		return upload.concatenation() instanceof Concatenation.Final concatenation
				&& this.waiting.contains(upload.id(), concatenation.parts());
	}

	private boolean note(Upload upload) {
		try {
			this.due.add(upload.id());
			return true;
		}
		catch (IOException | RuntimeException ex) {
			logger.warn(LogMessage.format("Upload '%s' can't be noted: %s", upload.id().abbreviated(), ex));
			return false;
		}
	}

	private @Nullable Upload findDue(UploadId id) {
		try {
			Upload upload = find(id);
			if (upload == null || (upload.state().isSettled() && !isFullPart(upload))) {
				this.due.tidy(id);
				return null;
			}
			return (isFullPart(upload) || (mayWait(upload) && isDue(upload))) ? upload : null;
		}
		catch (IOException | RuntimeException ex) {
			// The others are to be delivered all the same.
			logger.warn(LogMessage.format("It can't be read whether upload '%s' is to be delivered: %s",
					id.abbreviated(), ex));
			return null;
		}
	}

	private boolean isDue(Upload upload) throws IOException {
		Instant now = Instant.now();
		Instant next = this.due.next(upload.id());
		Instant claimed = this.due.claimed(upload.id());
		return (next == null || !next.isAfter(now)) && (claimed == null || !claimed.isAfter(now));
	}

	/**
	 * The time of an empty file says when the last pass was begun: to make it again takes
	 * no room, which a full directory hasn't until it is cleaned. If two instances find
	 * it too old at the same moment both make theirs, which does no harm.
	 */
	@Override
	public boolean beginPass(Duration interval) {
		try {
			if (Files.exists(this.lastPass) && isRecent(Files.getLastModifiedTime(this.lastPass), interval)) {
				return false;
			}
			Files.deleteIfExists(this.lastPass);
			Files.createFile(this.lastPass);
		}
		catch (IOException ex) {
			logger.debug("The others can't be told that this instance cleans", ex);
		}
		return true;
	}

	private static boolean isRecent(FileTime begun, Duration interval) {
		// A time to come is that of a clock which was wrong.
		Duration age = Duration.between(begun.toInstant(), Instant.now()).abs();
		return age.compareTo(interval.multipliedBy(9).dividedBy(10)) < 0;
	}

	@Override
	public void tidy() throws IOException {
		super.tidy();
		for (UploadId part : this.waiting.parts()) {
			if (find(part) == null) {
				// Whoever has removed it died before the others were told.
				goOnWithout(part);
			}
			for (UploadId id : this.waiting.list(part)) {
				if (!isWaiting(id)) {
					// Its part may live on.
					this.waiting.remove(id, part);
				}
			}
			this.waiting.tidy(part);
		}
	}

	@Override
	public boolean isRemote() {
		return true;
	}

	@Override
	public void close() throws IOException {
		this.storage.close();
		this.fence.close();
	}

}
