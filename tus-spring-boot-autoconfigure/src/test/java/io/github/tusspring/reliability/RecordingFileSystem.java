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

package io.github.tusspring.reliability;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

import io.github.tusspring.test.ForwardingFileChannel;
import io.github.tusspring.test.ForwardingFileSystem;

/**
 * The files of a directory, with all that is written to them recorded.
 */
final class RecordingFileSystem extends ForwardingFileSystem {

	private final RecordedDisk disk;

	RecordingFileSystem(RecordedDisk disk) {
		this.disk = disk;
	}

	private static String name(Path path) {
		return path.getFileName().toString();
	}

	@Override
	protected FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
			throws IOException {
		boolean existed = Files.exists(path);
		FileChannel channel = super.open(path, options, attributes);
		if (Files.isDirectory(path)) {
			return new RecordingChannel(channel, -1);
		}
		if (!existed) {
			this.disk.create(name(path));
		}
		int file = this.disk.file(name(path));
		if (existed && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
			this.disk.truncate(file, 0);
		}
		return new RecordingChannel(channel, file);
	}

	@Override
	protected void link(Path link, Path existing) throws IOException {
		super.link(link, existing);
		this.disk.link(name(link), name(existing));
	}

	@Override
	protected void delete(Path path) throws IOException {
		super.delete(path);
		this.disk.delete(name(path));
	}

	@Override
	protected void move(Path source, Path target, CopyOption... options) throws IOException {
		super.move(source, target, options);
		this.disk.rename(name(source), name(target));
	}

	/**
	 * A file, or the directory with the number -1.
	 */
	private final class RecordingChannel extends ForwardingFileChannel {

		private final int file;

		private RecordingChannel(FileChannel channel, int file) {
			super(channel);
			this.file = file;
		}

		private RecordedDisk disk() {
			return RecordingFileSystem.this.disk;
		}

		@Override
		public int write(ByteBuffer source, long position) throws IOException {
			byte[] bytes = new byte[source.remaining()];
			source.duplicate().get(bytes);
			disk().write(this.file, position, bytes);
			return super.write(source, position);
		}

		@Override
		public FileChannel truncate(long size) throws IOException {
			disk().truncate(this.file, size);
			return super.truncate(size);
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

	}

}
