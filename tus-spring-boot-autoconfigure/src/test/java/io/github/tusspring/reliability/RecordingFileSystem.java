package io.github.tusspring.reliability;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * The files of a directory, with all that is written to them recorded.
 */
final class RecordingFileSystem extends FileSystem {

	private final Provider provider = new Provider();

	private final RecordedDisk disk;

	RecordingFileSystem(RecordedDisk disk) {
		this.disk = disk;
	}

	Path wrap(Path path) {
		return new RecordingPath(path);
	}

	private static Path unwrap(Path path) {
		return (path instanceof RecordingPath recording) ? recording.path : path;
	}

	@Override
	public FileSystemProvider provider() {
		return this.provider;
	}

	@Override
	public void close() {
	}

	@Override
	public boolean isOpen() {
		return true;
	}

	@Override
	public boolean isReadOnly() {
		return false;
	}

	@Override
	public String getSeparator() {
		return "/";
	}

	@Override
	public Iterable<Path> getRootDirectories() {
		throw new UnsupportedOperationException();
	}

	@Override
	public Iterable<FileStore> getFileStores() {
		throw new UnsupportedOperationException();
	}

	@Override
	public Set<String> supportedFileAttributeViews() {
		return Set.of("basic", "unix");
	}

	@Override
	public Path getPath(String first, String... more) {
		return wrap(Path.of(first, more));
	}

	@Override
	public PathMatcher getPathMatcher(String syntaxAndPattern) {
		PathMatcher matcher = java.nio.file.FileSystems.getDefault().getPathMatcher(syntaxAndPattern);
		return (path) -> matcher.matches(unwrap(path));
	}

	@Override
	public UserPrincipalLookupService getUserPrincipalLookupService() {
		throw new UnsupportedOperationException();
	}

	@Override
	public WatchService newWatchService() {
		throw new UnsupportedOperationException();
	}

	/**
	 * A path that belongs to this file system.
	 */
	private final class RecordingPath implements Path {

		private final Path path;

		private RecordingPath(Path path) {
			this.path = path;
		}

		private String name() {
			return this.path.getFileName().toString();
		}

		@Override
		public FileSystem getFileSystem() {
			return RecordingFileSystem.this;
		}

		@Override
		public boolean isAbsolute() {
			return this.path.isAbsolute();
		}

		@Override
		public Path getRoot() {
			return wrap(this.path.getRoot());
		}

		@Override
		public Path getFileName() {
			return wrap(this.path.getFileName());
		}

		@Override
		public Path getParent() {
			return (this.path.getParent() != null) ? wrap(this.path.getParent()) : null;
		}

		@Override
		public int getNameCount() {
			return this.path.getNameCount();
		}

		@Override
		public Path getName(int index) {
			return wrap(this.path.getName(index));
		}

		@Override
		public Path subpath(int beginIndex, int endIndex) {
			return wrap(this.path.subpath(beginIndex, endIndex));
		}

		@Override
		public boolean startsWith(Path other) {
			return this.path.startsWith(unwrap(other));
		}

		@Override
		public boolean endsWith(Path other) {
			return this.path.endsWith(unwrap(other));
		}

		@Override
		public Path normalize() {
			return wrap(this.path.normalize());
		}

		@Override
		public Path resolve(Path other) {
			return wrap(this.path.resolve(unwrap(other)));
		}

		@Override
		public Path relativize(Path other) {
			return wrap(this.path.relativize(unwrap(other)));
		}

		@Override
		public URI toUri() {
			return this.path.toUri();
		}

		@Override
		public Path toAbsolutePath() {
			return wrap(this.path.toAbsolutePath());
		}

		@Override
		public Path toRealPath(LinkOption... options) throws IOException {
			return wrap(this.path.toRealPath(options));
		}

		@Override
		public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
			throw new UnsupportedOperationException();
		}

		@Override
		public int compareTo(Path other) {
			return this.path.compareTo(unwrap(other));
		}

		@Override
		public boolean equals(Object other) {
			return other instanceof RecordingPath that && this.path.equals(that.path);
		}

		@Override
		public int hashCode() {
			return this.path.hashCode();
		}

		@Override
		public String toString() {
			return this.path.toString();
		}

	}

	/**
	 * Does everything on the real file system and notes what it does.
	 */
	private final class Provider extends FileSystemProvider {

		private String name(Path path) {
			return ((RecordingPath) path).name();
		}

		@Override
		public String getScheme() {
			return "recording";
		}

		@Override
		public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
			throw new UnsupportedOperationException();
		}

		@Override
		public FileSystem getFileSystem(URI uri) {
			return RecordingFileSystem.this;
		}

		@Override
		public Path getPath(URI uri) {
			return wrap(Path.of(uri));
		}

		@Override
		public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs)
				throws IOException {
			Path real = unwrap(path);
			boolean existed = Files.exists(real);
			FileChannel channel = FileChannel.open(real, options, attrs);
			if (Files.isDirectory(real)) {
				return new RecordingChannel(channel, -1);
			}
			if (!existed) {
				RecordingFileSystem.this.disk.create(name(path));
			}
			int file = RecordingFileSystem.this.disk.file(name(path));
			if (existed && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
				RecordingFileSystem.this.disk.truncate(file, 0);
			}
			return new RecordingChannel(channel, file);
		}

		@Override
		public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options,
				FileAttribute<?>... attrs) throws IOException {
			return newFileChannel(path, options, attrs);
		}

		@Override
		public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
				throws IOException {
			DirectoryStream<Path> stream = Files.newDirectoryStream(unwrap(directory),
					(entry) -> filter.accept(wrap(entry)));
			return new DirectoryStream<>() {

				@Override
				public Iterator<Path> iterator() {
					Iterator<Path> paths = stream.iterator();
					return new Iterator<>() {

						@Override
						public boolean hasNext() {
							return paths.hasNext();
						}

						@Override
						public Path next() {
							return wrap(paths.next());
						}

					};
				}

				@Override
				public void close() throws IOException {
					stream.close();
				}

			};
		}

		@Override
		public void createDirectory(Path directory, FileAttribute<?>... attrs) throws IOException {
			Files.createDirectory(unwrap(directory), attrs);
		}

		@Override
		public void createLink(Path link, Path existing) throws IOException {
			Files.createLink(unwrap(link), unwrap(existing));
			RecordingFileSystem.this.disk.link(name(link), name(existing));
		}

		@Override
		public void delete(Path path) throws IOException {
			Files.delete(unwrap(path));
			RecordingFileSystem.this.disk.delete(name(path));
		}

		@Override
		public void copy(Path source, Path target, CopyOption... options) {
			throw new UnsupportedOperationException();
		}

		@Override
		public void move(Path source, Path target, CopyOption... options) throws IOException {
			Files.move(unwrap(source), unwrap(target), options);
			RecordingFileSystem.this.disk.rename(name(source), name(target));
		}

		@Override
		public boolean isSameFile(Path path, Path other) throws IOException {
			return Files.isSameFile(unwrap(path), unwrap(other));
		}

		@Override
		public boolean isHidden(Path path) {
			return false;
		}

		@Override
		public FileStore getFileStore(Path path) throws IOException {
			return Files.getFileStore(unwrap(path));
		}

		@Override
		public void checkAccess(Path path, AccessMode... modes) throws IOException {
			unwrap(path).getFileSystem().provider().checkAccess(unwrap(path), modes);
		}

		@Override
		public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
			return Files.getFileAttributeView(unwrap(path), type, options);
		}

		@Override
		public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
				throws IOException {
			return Files.readAttributes(unwrap(path), type, options);
		}

		@Override
		public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
				throws IOException {
			return Files.readAttributes(unwrap(path), attributes, options);
		}

		@Override
		public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
			Files.setAttribute(unwrap(path), attribute, value, options);
		}

	}

	/**
	 * A file, or the directory with the number -1.
	 */
	private final class RecordingChannel extends FileChannel {

		private final FileChannel channel;

		private final int file;

		private RecordingChannel(FileChannel channel, int file) {
			this.channel = channel;
			this.file = file;
		}

		private RecordedDisk disk() {
			return RecordingFileSystem.this.disk;
		}

		@Override
		public int read(ByteBuffer target) throws IOException {
			return this.channel.read(target);
		}

		@Override
		public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
			return this.channel.read(targets, offset, length);
		}

		@Override
		public int read(ByteBuffer target, long position) throws IOException {
			return this.channel.read(target, position);
		}

		@Override
		public int write(ByteBuffer source) throws IOException {
			int count = write(source, this.channel.position());
			this.channel.position(this.channel.position() + count);
			return count;
		}

		@Override
		public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
			long count = 0;
			for (int i = offset; i < offset + length; i++) {
				count += write(sources[i]);
			}
			return count;
		}

		@Override
		public int write(ByteBuffer source, long position) throws IOException {
			byte[] bytes = new byte[source.remaining()];
			source.duplicate().get(bytes);
			disk().write(this.file, position, bytes);
			return this.channel.write(source, position);
		}

		@Override
		public long position() throws IOException {
			return this.channel.position();
		}

		@Override
		public FileChannel position(long newPosition) throws IOException {
			this.channel.position(newPosition);
			return this;
		}

		@Override
		public long size() throws IOException {
			return this.channel.size();
		}

		@Override
		public FileChannel truncate(long size) throws IOException {
			disk().truncate(this.file, size);
			this.channel.truncate(size);
			return this;
		}

		@Override
		public void force(boolean metaData) {
			if (this.file < 0) {
				disk().forceDirectory();
			}
			else {
				disk().force(this.file);
			}
		}

		@Override
		public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
			ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, 8192));
			int read = this.channel.read(buffer, position);
			return (read > 0) ? target.write(buffer.flip()) : 0;
		}

		@Override
		public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
			ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, 8192));
			int read = source.read(buffer);
			return (read > 0) ? write(buffer.flip(), position) : 0;
		}

		@Override
		public MappedByteBuffer map(MapMode mode, long position, long size) {
			throw new UnsupportedOperationException();
		}

		@Override
		public FileLock lock(long position, long size, boolean shared) {
			throw new UnsupportedOperationException();
		}

		@Override
		public FileLock tryLock(long position, long size, boolean shared) {
			throw new UnsupportedOperationException();
		}

		@Override
		protected void implCloseChannel() throws IOException {
			this.channel.close();
		}

	}

}
