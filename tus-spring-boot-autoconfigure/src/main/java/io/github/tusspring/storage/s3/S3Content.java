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

package io.github.tusspring.storage.s3;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

import io.github.tusspring.upload.Upload;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.io.AbstractResource;
import org.springframework.core.log.LogMessage;

/**
 * The object of an upload. A stream makes its requests when it is read: what is skipped
 * isn't sent by the store.
 */
final class S3Content extends AbstractResource {

	private static final Log logger = LogFactory.getLog(S3Content.class);

	private final S3Objects objects;

	private final String bucket;

	private final String key;

	private final Upload upload;

	S3Content(S3Objects objects, String bucket, String key, Upload upload) {
		this.objects = objects;
		this.bucket = bucket;
		this.key = key;
		this.upload = upload;
	}

	@Override
	public InputStream getInputStream() throws IOException {
		if (!exists()) {
			throw new FileNotFoundException(getDescription() + " does not exist");
		}
		return new S3InputStream(this.objects, this.bucket, this.key, this.upload.offset());
	}

	@Override
	public boolean exists() {
		try {
			return this.objects.awaitIfPresent(this.objects.head(this.bucket, this.key)) != null;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public long contentLength() {
		return this.upload.offset();
	}

	@Override
	public long lastModified() {
		return this.upload.modified().toEpochMilli();
	}

	@Override
	public URI getURI() throws IOException {
		try {
			// Quotes what must not be in a URI.
			return new URI("s3", this.bucket, "/" + this.key, null, null);
		}
		catch (URISyntaxException ex) {
			throw new FileNotFoundException(getDescription() + " has no URI: " + ex.getMessage());
		}
	}

	@Override
	public URL getURL() throws IOException {
		throw new FileNotFoundException(getDescription() + " has no URL without a signature");
	}

	@Override
	public String getFilename() {
		return this.upload.id().toString();
	}

	/**
	 * Copies the content to a file, which is replaced when all of it is there and on the
	 * disk.
	 * @throws IOException if the object is not as long as its upload
	 */
	void copyTo(Path target) throws IOException {
		Path directory = target.toAbsolutePath().getParent();
		Path download = Files.createTempFile(directory, ".download", null);
		try {
			this.objects.await(this.objects.download(this.bucket, this.key, download));
			if (Files.size(download) != contentLength()) {
				throw new EOFException(getDescription() + " has " + Files.size(download) + " bytes, and not "
						+ contentLength() + " as its upload");
			}
			try (FileChannel file = FileChannel.open(download, StandardOpenOption.WRITE)) {
				file.force(true);
			}
			Files.move(download, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(download);
		}
		forceEntries(directory);
	}

	private static void forceEntries(Path directory) {
		try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
			channel.force(true);
		}
		catch (IOException ex) {
			// Windows and many network file systems know no such thing.
			logger.debug(LogMessage.format("Entries of '%s' can't be forced to the disk: %s", directory, ex));
		}
	}

	@Override
	public String getDescription() {
		return "s3://" + this.bucket + "/" + this.key;
	}

}
