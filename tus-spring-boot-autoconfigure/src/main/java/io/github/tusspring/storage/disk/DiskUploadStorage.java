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
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadExistsException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadWriter;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/**
 * Keeps uploads in a directory. The file {@code <id>} has the bytes, and its length is
 * the offset; the file {@code <id>.info} has the record, which an append reads and
 * doesn't write. Records are kept in memory for those who look at uploads, as long as
 * their files stay the same. One application instance at a time may append to an upload;
 * any number may read, list and clean. {@link SharedDiskUploadStorage} is for several
 * that append.
 */
public final class DiskUploadStorage implements UploadStorage, Closeable {

	private final ConcurrentMap<UploadId, DiskUploadWriter> writers = new ConcurrentHashMap<>();

	private final OpenFiles openFiles = new OpenFiles();

	private final Path directory;

	private final Durability durability;

	private final FreeSpace freeSpace;

	private final InfoFiles infoFiles;

	private final UploadRecords records;

	private final FileContents contents;

	private final FileConcatenation concatenation;

	/**
	 * Creates a storage.
	 * @param directory the directory, which is made if it doesn't exist
	 * @param durability when bytes are forced to the disk
	 * @param minFreeSpace the number of free bytes below which no more are taken
	 * @throws IOException if the directory can't be made or used
	 */
	public DiskUploadStorage(Path directory, Durability durability, long minFreeSpace) throws IOException {
		this(directory, durability, minFreeSpace, false);
	}

	DiskUploadStorage(Path directory, Durability durability, long minFreeSpace, boolean shared) throws IOException {
		this.directory = Files.createDirectories(directory).toRealPath();
		this.durability = durability;
		this.freeSpace = new FreeSpace(this.directory, minFreeSpace);
		this.infoFiles = new InfoFiles(this.directory, durability != Durability.NONE, this.openFiles);
		this.records = new UploadRecords(this.infoFiles, this.openFiles, shared);
		this.contents = new FileContents(this.openFiles, durability != Durability.NONE);
		this.concatenation = new FileConcatenation(this.infoFiles, this.openFiles, this.freeSpace);
		tryToWrite();
	}

	private void tryToWrite() throws IOException {
		Files.delete(this.openFiles.open(() -> Files.createTempFile(this.directory, ".writable", null)));
	}

	@Override
	public void check() throws IOException {
		inDirectory(this::checkFiles);
	}

	private boolean checkFiles() throws IOException {
		this.freeSpace.check();
		try {
			tryToWrite();
			return true;
		}
		catch (IOException ex) {
			throw this.freeSpace.translate(ex);
		}
	}

	@Override
	public long freeSpace() throws IOException {
		return inDirectory(this.freeSpace::usable);
	}

	@Override
	public Upload create(NewUpload upload) throws IOException {
		return inDirectory(() -> createFiles(upload));
	}

	/**
	 * Makes the directory again if somebody has removed it.
	 */
	private <T> T inDirectory(OpenFiles.Opening<T> action) throws IOException {
		try {
			return action.open();
		}
		catch (NoSuchFileException ex) {
			Files.createDirectories(this.directory);
			return action.open();
		}
	}

	private Upload createFiles(NewUpload upload) throws IOException {
		this.freeSpace.check();
		checkFits(upload.length());
		Instant now = Instant.now();
		UploadInfo info = UploadInfo.of(upload, now);
		try {
			this.records.create(info);
			createData(upload);
		}
		catch (FileAlreadyExistsException ex) {
			throw new UploadExistsException(upload.id());
		}
		catch (IOException ex) {
			throw this.freeSpace.translate(ex);
		}
		if (this.durability == Durability.APPEND) {
			this.contents.forceEntries(this.directory);
		}
		return info.toUpload(0, now);
	}

	@Override
	public boolean use(UploadId id, Instant until) throws IOException {
		return inDirectory(() -> createUsed(this.infoFiles.used(id, until)));
	}

	private boolean createUsed(Path file) throws IOException {
		try {
			this.openFiles.open(() -> Files.createFile(file));
			return true;
		}
		catch (FileAlreadyExistsException ex) {
			return false;
		}
		catch (IOException ex) {
			throw this.freeSpace.translate(ex);
		}
	}

	@Override
	public void giveBack(UploadId id, Instant until) throws IOException {
		Files.deleteIfExists(this.infoFiles.used(id, until));
	}

	private void checkFits(@Nullable Long length) throws IOException {
		if (length != null) {
			this.freeSpace.checkFits(length);
		}
	}

	private void createData(NewUpload upload) throws IOException {
		UploadId id = upload.id();
		try {
			if (upload.isFinal() && !Long.valueOf(0).equals(upload.length())) {
				// The concatenated file will be moved there.
				this.concatenation.checkAbsent(id);
				return;
			}
			this.openFiles.put(id, this.openFiles.open(this.infoFiles.data(id), StandardOpenOption.CREATE_NEW,
					StandardOpenOption.READ, StandardOpenOption.WRITE));
		}
		catch (IOException ex) {
			// Otherwise a file that is not ours would become an upload's content.
			this.records.delete(id);
			throw ex;
		}
	}

	@Override
	public @Nullable Upload find(UploadId id) throws IOException {
		return this.records.find(id);
	}

	@Override
	public @Nullable Upload look(UploadId id) throws IOException {
		return this.records.read(id);
	}

	@Override
	public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
		return open(upload, generation, held);
	}

	DiskUploadWriter open(Upload upload, long generation, boolean held) throws IOException {
		this.freeSpace.check();
		checkFits(upload.length());
		DiskUploadWriter writer = new DiskUploadWriter(this, upload, take(upload.id()), generation, held,
				this.durability == Durability.APPEND);
		try {
			fenceOlder(writer);
			prepare(writer, held);
			return writer;
		}
		catch (Throwable ex) {
			closed(writer, false);
			throw ex;
		}
	}

	/**
	 * Keeps no file of an upload open.
	 */
	void closeFile(UploadId id) {
		this.openFiles.close(id);
	}

	private FileChannel take(UploadId id) throws IOException {
		FileChannel file = this.openFiles.take(id);
		try {
			return (file != null) ? file
					: this.openFiles.open(this.infoFiles.data(id), StandardOpenOption.READ, StandardOpenOption.WRITE);
		}
		catch (NoSuchFileException ex) {
			throw new UploadNotFoundException(id);
		}
	}

	private void fenceOlder(DiskUploadWriter writer) {
		UploadId id = writer.upload().id();
		DiskUploadWriter other;
		while ((other = this.writers.putIfAbsent(id, writer)) != null) {
			if (other.generation() > writer.generation()) {
				throw new UploadLockedException(id);
			}
			other.fence();
			if (this.writers.replace(id, other, writer)) {
				return;
			}
		}
	}

	/**
	 * Cuts off what doesn't count. The record says where, as it is in its file now:
	 * another instance may have died in the middle of an append.
	 */
	private void prepare(DiskUploadWriter writer, boolean held) throws IOException {
		Upload upload = writer.upload();
		UploadInfo info = this.records.current(upload.id());
		if (info == null) {
			throw new UploadNotFoundException(upload.id());
		}
		if (info.mark() == null) {
			info = info.withMark(UploadInfo.Mark.INITIAL);
			this.records.replace(info);
		}
		if (info.offset(writer.file().size()) != upload.offset()) {
			// Another one has written since the file was looked at.
			throw new UploadLockedException(upload.id());
		}
		boolean cut = info.markOrInitial().cut() >= 0;
		if (cut) {
			truncate(writer.file(), upload.offset());
		}
		if (held || cut) {
			cut(info, held ? upload.offset() : -1);
		}
	}

	void closed(DiskUploadWriter writer, boolean keepOpen) throws IOException {
		boolean current = this.writers.remove(writer.upload().id(), writer);
		if (current && keepOpen) {
			this.openFiles.put(writer.upload().id(), writer.file());
		}
		else {
			writer.file().close();
		}
	}

	/**
	 * Stores where to cut after a crash. That there is nothing to cut any more need not
	 * be forced unless the bytes are, too.
	 */
	void cut(UploadId id, long cut) throws IOException {
		cut(this.records.require(id), cut);
	}

	private void cut(UploadInfo info, long cut) throws IOException {
		boolean forced = (cut >= 0) ? this.durability != Durability.NONE : this.durability == Durability.APPEND;
		this.records.mark(info.withMark(info.markOrInitial().withCut(cut)), forced);
	}

	FreeSpace room() {
		return this.freeSpace;
	}

	@Override
	public void update(Upload upload) throws IOException {
		UploadInfo info = this.records.require(upload.id());
		UploadInfo changed = info.with(upload);
		boolean finishing = upload.state() == UploadState.FINISHING;
		if (finishing) {
			requireWhole(upload);
		}
		boolean forced = finishing && this.durability != Durability.NONE;
		if (forced) {
			forceContent(upload.id());
		}
		boolean marked = changed.isSameButForMark(info);
		try {
			if (marked) {
				this.records.mark(changed, this.durability != Durability.NONE);
			}
			else {
				this.records.replace(changed);
			}
		}
		catch (IOException ex) {
			throw this.freeSpace.translate(ex);
		}
		if (!marked && (forced || this.durability == Durability.APPEND)) {
			this.contents.forceEntries(this.directory);
		}
	}

	/**
	 * Makes sure that what is delivered has exactly the length that was promised. There
	 * may be no file if the application has taken it in an earlier attempt.
	 */
	private void requireWhole(Upload upload) throws IOException {
		BasicFileAttributes data = UploadRecords.attributes(path(upload));
		if (data == null && upload.attempts() <= 1) {
			throw new UploadNotFoundException(upload.id());
		}
		if (data != null && !Long.valueOf(data.size()).equals(upload.length())) {
			throw new IOException("'%s' has %d bytes rather than %d, and isn't delivered".formatted(path(upload),
					data.size(), upload.length()));
		}
	}

	@Override
	public void secure(Upload upload) throws IOException {
		if (!upload.state().isSettled() && this.durability == Durability.APPEND && upload.offset() > 0) {
			this.contents.force(path(upload));
		}
	}

	private void forceContent(UploadId id) throws IOException {
		this.contents.force(this.infoFiles.data(id));
		// What a record says of the bytes must not outlive their entry.
		this.contents.forceEntries(this.directory);
	}

	/** Called when an upload has all its bytes: the last step of a partial one. */
	void filled(Upload upload) throws IOException {
		if (upload.isPartial() && this.durability == Durability.COMPLETION) {
			forceContent(upload.id());
		}
	}

	/**
	 * Cuts off bytes for good: soon nothing will say any more that they don't count.
	 */
	void truncate(FileChannel file, long size) throws IOException {
		file.truncate(size);
		if (this.durability != Durability.NONE) {
			file.force(true);
		}
	}

	@Override
	public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
		long length = parts.stream().mapToLong(Upload::offset).sum();
		parts.forEach((part) -> this.openFiles.close(part.id()));
		try {
			if (upload.length() == null) {
				this.records.replace(this.records.require(upload.id()).with(upload.withLength(length)));
			}
			this.concatenation.concatenate(upload, parts);
		}
		catch (IOException ex) {
			throw this.freeSpace.translate(ex);
		}
		Upload concatenated = find(upload.id());
		if (concatenated == null) {
			// It was removed meanwhile, and nothing else will remove what was just made.
			Files.deleteIfExists(path(upload));
			throw new UploadNotFoundException(upload.id());
		}
		return concatenated;
	}

	@Override
	public Resource content(Upload upload) {
		return new FileSystemResource(path(upload));
	}

	@Override
	public boolean hasContent(Upload upload) {
		return upload.state() != UploadState.REJECTED && Files.exists(path(upload));
	}

	@Override
	public Path path(Upload upload) {
		return this.infoFiles.data(upload.id());
	}

	@Override
	public void moveContent(Upload upload, Path target) throws IOException {
		this.openFiles.close(upload.id());
		if (upload.concatenation() instanceof Concatenation.Final concatenation) {
			removeLinked(path(upload), concatenation.parts().get(0));
		}
		this.contents.move(path(upload), target);
		this.records.touch(upload.id());
	}

	/**
	 * Removes the part whose file a final upload has taken over: what the application
	 * makes of the file is no part's content, and nothing may be appended to it.
	 */
	private void removeLinked(Path data, UploadId part) throws IOException {
		try {
			if (Files.isSameFile(data, this.infoFiles.data(part))) {
				delete(part);
			}
		}
		catch (NoSuchFileException ex) {
			// Both are gone, or one of them.
		}
	}

	@Override
	public void deleteContent(Upload upload) throws IOException {
		this.openFiles.close(upload.id());
		if (Files.deleteIfExists(path(upload))) {
			this.records.touch(upload.id());
		}
	}

	@Override
	public boolean delete(UploadId id) throws IOException {
		UploadInfo info = this.infoFiles.read(id);
		this.records.withdraw(info, this.durability != Durability.NONE);
		this.openFiles.close(id);
		// The record goes last: until then it says whose the bytes are.
		if (Files.exists(this.infoFiles.file(id))) {
			Files.deleteIfExists(this.infoFiles.data(id));
		}
		return this.records.delete(id);
	}

	@Override
	public Stream<Upload> list() throws IOException {
		return inDirectory(() -> this.records.list(this.directory));
	}

	@Override
	public Stream<UploadId> ids() throws IOException {
		return inDirectory(() -> this.records.ids(this.directory));
	}

	@Override
	public void tidy() throws IOException {
		LeftBehind leftBehind = new LeftBehind(this.directory, this.infoFiles, this.openFiles);
		inDirectory(leftBehind::remove);
	}

	@Override
	public void close() {
		this.openFiles.stop();
	}

	@Override
	public String toString() {
		return "'" + this.directory + "'";
	}

}
