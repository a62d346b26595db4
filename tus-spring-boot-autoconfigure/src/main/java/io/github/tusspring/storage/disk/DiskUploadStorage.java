package io.github.tusspring.storage.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

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
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;
import org.springframework.core.log.LogMessage;
import org.springframework.util.ConcurrentLruCache;

/**
 * Keeps uploads in a directory. The file {@code <id>} has the bytes, and its length is
 * the offset; the file {@code <id>.info} has the record. Records of the uploads that are
 * in use are kept in memory, so that an append reads none and writes none. One
 * application instance at a time may append to an upload; any number may read, list and
 * clean.
 */
public final class DiskUploadStorage implements UploadStorage, Closeable {

	private static final Log logger = LogFactory.getLog(DiskUploadStorage.class);

	private static final int OPEN_FILES = 512;

	private static final Duration LEFT_BEHIND = Duration.ofSeconds(10);

	private final ConcurrentMap<UploadId, DiskUploadWriter> writers = new ConcurrentHashMap<>();

	private final InfoCache infos = new InfoCache();

	private final OpenFiles openFiles = new OpenFiles(OPEN_FILES);

	private final Path directory;

	private final Durability durability;

	private final FreeSpace freeSpace;

	private final InfoFiles infoFiles;

	private final FileConcatenation concatenation;

	/**
	 * Creates a storage.
	 * @param directory the directory, which is made if it doesn't exist
	 * @param durability when bytes are forced to the disk
	 * @param minFreeSpace the number of free bytes below which no more are taken
	 * @throws IOException if the directory can't be made or used
	 */
	public DiskUploadStorage(Path directory, Durability durability, long minFreeSpace) throws IOException {
		this.directory = Files.createDirectories(directory).toRealPath();
		this.durability = durability;
		this.freeSpace = new FreeSpace(this.directory, minFreeSpace);
		this.infoFiles = new InfoFiles(this.directory, durability != Durability.NONE);
		this.concatenation = new FileConcatenation(this.infoFiles);
		Files.delete(Files.createTempFile(this.directory, ".writable", null));
	}

	@Override
	public Upload create(NewUpload upload) throws IOException {
		checkSpace();
		Instant now = Instant.now();
		UploadInfo info = UploadInfo.of(upload, now);
		try {
			this.infoFiles.create(info);
			FileChannel file = FileChannel.open(this.infoFiles.data(upload.id()), StandardOpenOption.CREATE_NEW,
					StandardOpenOption.READ, StandardOpenOption.WRITE);
			this.openFiles.put(upload.id(), file);
		}
		catch (FileAlreadyExistsException ex) {
			throw new UploadExistsException(upload.id());
		}
		catch (IOException ex) {
			throw FreeSpace.translate(ex);
		}
		if (this.durability == Durability.APPEND) {
			force(this.directory);
		}
		this.infos.put(info);
		return info.toUpload(0, now);
	}

	@Override
	public @Nullable Upload find(UploadId id) throws IOException {
		BasicFileAttributes data = attributes(this.infoFiles.data(id));
		UploadInfo info = this.infos.get(id);
		if (info == null || isDoubtful(info, data)) {
			info = this.infoFiles.read(id);
			if (info == null) {
				this.infos.remove(id);
				return null;
			}
			this.infos.put(info);
		}
		return toUpload(info, data);
	}

	/**
	 * Whether another instance may have changed the record since it was read.
	 */
	private static boolean isDoubtful(UploadInfo info, @Nullable BasicFileAttributes data) {
		return data == null || info.length() == null
				|| (info.isReceiving() && data.size() >= info.length() && info.concatenation() == null);
	}

	private @Nullable Upload toUpload(UploadInfo info, @Nullable BasicFileAttributes data) throws IOException {
		if (data != null) {
			return info.toUpload(data.size(), data.lastModifiedTime().toInstant());
		}
		if (info.isReceiving()) {
			return null;
		}
		BasicFileAttributes record = attributes(this.infoFiles.file(info.id()));
		// The application has taken the content.
		return (record != null)
				? info.toUpload(Objects.requireNonNullElse(info.length(), 0L), record.lastModifiedTime().toInstant())
				: null;
	}

	private static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
		try {
			return Files.readAttributes(path, BasicFileAttributes.class);
		}
		catch (NoSuchFileException ex) {
			return null;
		}
	}

	@Override
	public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
		checkSpace();
		UploadId id = upload.id();
		UploadInfo info = require(id);
		if (info.mark() == null) {
			info = info.withMark(UploadInfo.Mark.INITIAL);
			this.infoFiles.replace(info);
			this.infos.put(info);
		}
		FileChannel file = this.openFiles.take(id);
		if (file == null) {
			file = FileChannel.open(this.infoFiles.data(id), StandardOpenOption.READ, StandardOpenOption.WRITE);
		}
		DiskUploadWriter writer = new DiskUploadWriter(this, upload, file, generation, held,
				this.durability == Durability.APPEND);
		try {
			fenceOlder(writer);
			if (info.mark().cut() >= 0) {
				file.truncate(upload.offset());
			}
			if (held || info.mark().cut() >= 0) {
				cut(id, held ? upload.offset() : -1);
			}
			return writer;
		}
		catch (IOException | RuntimeException ex) {
			closed(writer, false);
			throw ex;
		}
	}

	private void fenceOlder(DiskUploadWriter writer) {
		this.writers.compute(writer.upload().id(), (id, other) -> {
			if (other != null && other.generation() > writer.generation()) {
				throw new UploadLockedException(id);
			}
			if (other != null) {
				other.fence();
			}
			return writer;
		});
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

	void cut(UploadId id, long cut) throws IOException {
		UploadInfo info = require(id);
		UploadInfo changed = info.withMark(info.mark().withCut(cut));
		this.infoFiles.mark(id, changed.mark());
		this.infos.put(changed);
	}

	void checkSpace() throws IOException {
		this.freeSpace.check();
	}

	@Override
	public void update(Upload upload) throws IOException {
		UploadId id = upload.id();
		UploadInfo info = require(id);
		UploadInfo changed = info.with(upload);
		boolean finishing = upload.state() == UploadState.FINISHING && upload.attempts() == 1
				&& this.durability != Durability.NONE;
		if (finishing) {
			force(this.infoFiles.data(id));
		}
		try {
			if (changed.isSameButForMark(info)) {
				this.infoFiles.mark(id, changed.mark());
			}
			else {
				this.infoFiles.replace(changed);
			}
		}
		catch (NoSuchFileException ex) {
			throw new UploadNotFoundException(id);
		}
		catch (IOException ex) {
			throw FreeSpace.translate(ex);
		}
		if (finishing) {
			force(this.directory);
		}
		this.infos.put(changed);
	}

	private UploadInfo require(UploadId id) throws IOException {
		UploadInfo info = this.infos.get(id);
		if (info == null) {
			info = this.infoFiles.read(id);
		}
		if (info == null) {
			throw new UploadNotFoundException(id);
		}
		return info;
	}

	private static void force(Path path) throws IOException {
		try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
			channel.force(true);
		}
		catch (NoSuchFileException ex) {
			logger.debug(LogMessage.format("'%s' was removed before it was forced", path));
		}
	}

	@Override
	public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
		checkSpace();
		long length = parts.stream().mapToLong(Upload::offset).sum();
		this.openFiles.close(upload.id());
		parts.forEach((part) -> this.openFiles.close(part.id()));
		if (upload.length() == null) {
			UploadInfo changed = require(upload.id()).with(upload.withLength(length));
			this.infoFiles.replace(changed);
			this.infos.put(changed);
		}
		this.concatenation.concatenate(upload, parts);
		return Objects.requireNonNull(find(upload.id()));
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
		Path source = path(upload);
		this.openFiles.close(upload.id());
		try {
			Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
		}
		catch (AtomicMoveNotSupportedException ex) {
			moveBetweenFileSystems(source, target);
		}
		remember(upload.id());
	}

	private void moveBetweenFileSystems(Path source, Path target) throws IOException {
		Path parent = Objects.requireNonNull(target.toAbsolutePath().getParent());
		Path copy = Files.createTempFile(parent, target.getFileName() + ".", null);
		try {
			Files.copy(source, copy, StandardCopyOption.REPLACE_EXISTING);
			if (this.durability != Durability.NONE) {
				force(copy);
			}
			Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(copy);
		}
		Files.delete(source);
	}

	@Override
	public void deleteContent(Upload upload) throws IOException {
		this.openFiles.close(upload.id());
		if (Files.deleteIfExists(path(upload))) {
			remember(upload.id());
		}
	}

	/**
	 * Renews the time from which a record without content is remembered.
	 */
	private void remember(UploadId id) throws IOException {
		UploadInfo info = require(id);
		if (info.mark() != null) {
			this.infoFiles.mark(id, info.mark());
		}
	}

	@Override
	public boolean delete(UploadId id) throws IOException {
		this.openFiles.close(id);
		this.infos.remove(id);
		// The record goes last: until then it says whose the bytes are.
		boolean data = Files.deleteIfExists(this.infoFiles.data(id));
		return Files.deleteIfExists(this.infoFiles.file(id)) || data;
	}

	@Override
	public Stream<Upload> list() throws IOException {
		DirectoryStream<Path> files = Files.newDirectoryStream(this.directory, "*" + InfoFiles.SUFFIX);
		return StreamSupport.stream(files.spliterator(), false)
			.map(this::read)
			.filter(Objects::nonNull)
			.onClose(() -> close(files));
	}

	private @Nullable Upload read(Path file) {
		String name = file.getFileName().toString();
		String id = name.substring(0, name.length() - InfoFiles.SUFFIX.length());
		if (!UploadId.isValid(id)) {
			return null;
		}
		try {
			UploadInfo info = this.infoFiles.read(UploadId.of(id));
			return (info != null) ? toUpload(info, attributes(this.infoFiles.data(info.id()))) : null;
		}
		catch (IOException ex) {
			logger.warn(LogMessage.format("'%s' can't be read: %s", file, ex));
			return null;
		}
	}

	private static void close(Closeable files) {
		try {
			files.close();
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("A directory could not be closed: %s", ex));
		}
	}

	@Override
	public void tidy() throws IOException {
		Instant before = Instant.now().minus(LEFT_BEHIND);
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.directory, "*.info*")) {
			for (Path file : files) {
				BasicFileAttributes attributes = attributes(file);
				if (attributes != null && attributes.lastModifiedTime().toInstant().isBefore(before)
						&& isLeftBehind(file, attributes)) {
					Files.deleteIfExists(file);
				}
			}
		}
	}

	/**
	 * Whether a crash has left the file behind: while it wrote a record again, or created
	 * or deleted an upload.
	 */
	private boolean isLeftBehind(Path file, BasicFileAttributes attributes) throws IOException {
		String name = file.getFileName().toString();
		String id = name.substring(0, name.indexOf('.'));
		if (!UploadId.isValid(id)) {
			return false;
		}
		if (name.endsWith(InfoFiles.TEMPORARY_SUFFIX)) {
			return true;
		}
		if (!name.endsWith(InfoFiles.SUFFIX) || Files.exists(this.directory.resolve(id))) {
			return false;
		}
		UploadInfo info = this.infoFiles.read(UploadId.of(id));
		return (info != null) ? info.mark() != null && info.isReceiving() : attributes.size() == 0;
	}

	@Override
	public void close() {
		this.openFiles.closeAll();
	}

}
