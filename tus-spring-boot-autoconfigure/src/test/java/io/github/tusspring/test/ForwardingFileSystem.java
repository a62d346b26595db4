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

package io.github.tusspring.test;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
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
 * Does everything on the real file system; what is to be different in a test is
 * overridden. The methods to override have the real paths.
 */
public class ForwardingFileSystem extends FileSystem {

	private final Provider provider = new Provider();

	public final Path wrap(Path path) {
		return new ForwardingPath(path);
	}

	private static Path unwrap(Path path) {
		return (path instanceof ForwardingPath forwarding) ? forwarding.path : path;
	}

	protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
			throws IOException {
		return FileChannel.open(path, options, attributes);
	}

	protected void link(Path link, Path existing) throws IOException {
		Files.createLink(link, existing);
	}

	protected void delete(Path path) throws IOException {
		Files.delete(path);
	}

	protected void move(Path source, Path target, CopyOption... options) throws IOException {
		Files.move(source, target, options);
	}

	/**
	 * Called before a directory is listed.
	 */
	protected void checkDirectory(Path directory) throws IOException {
	}

	protected FileStore store(Path path) throws IOException {
		return Files.getFileStore(path);
	}

	protected <A extends BasicFileAttributes> A attributes(Path path, Class<A> type, LinkOption... options)
			throws IOException {
		return Files.readAttributes(path, type, options);
	}

	protected Map<String, Object> attributes(Path path, String names, LinkOption... options) throws IOException {
		return Files.readAttributes(path, names, options);
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
	private final class ForwardingPath implements Path {

		private final Path path;

		private ForwardingPath(Path path) {
			this.path = path;
		}

		@Override
		public FileSystem getFileSystem() {
			return ForwardingFileSystem.this;
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
			return other instanceof ForwardingPath that && this.path.equals(that.path);
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
	 * Does everything on the real file system and asks the methods to override.
	 */
	private final class Provider extends FileSystemProvider {

		@Override
		public String getScheme() {
			return "forwarding";
		}

		@Override
		public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
			throw new UnsupportedOperationException();
		}

		@Override
		public FileSystem getFileSystem(URI uri) {
			return ForwardingFileSystem.this;
		}

		@Override
		public Path getPath(URI uri) {
			return wrap(Path.of(uri));
		}

		@Override
		public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs)
				throws IOException {
			return open(unwrap(path), options, attrs);
		}

		@Override
		public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options,
				FileAttribute<?>... attrs) throws IOException {
			return newFileChannel(path, options, attrs);
		}

		@Override
		public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
				throws IOException {
			checkDirectory(unwrap(directory));
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
			ForwardingFileSystem.this.link(unwrap(link), unwrap(existing));
		}

		@Override
		public void delete(Path path) throws IOException {
			ForwardingFileSystem.this.delete(unwrap(path));
		}

		@Override
		public void copy(Path source, Path target, CopyOption... options) throws IOException {
			Files.copy(unwrap(source), unwrap(target), options);
		}

		@Override
		public void move(Path source, Path target, CopyOption... options) throws IOException {
			ForwardingFileSystem.this.move(unwrap(source), unwrap(target), options);
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
			return store(unwrap(path));
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
			return attributes(unwrap(path), type, options);
		}

		@Override
		public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
				throws IOException {
			return attributes(unwrap(path), attributes, options);
		}

		@Override
		public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
			Files.setAttribute(unwrap(path), attribute, value, options);
		}

	}

}
