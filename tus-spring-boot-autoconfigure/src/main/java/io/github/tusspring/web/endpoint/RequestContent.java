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

package io.github.tusspring.web.endpoint;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.Resource;
import org.springframework.core.log.LogMessage;

/**
 * The content of an upload as one request has it: at the end of the request all that was
 * opened is closed, as a container does it with the body of a request. Few handlers close
 * their body, and an open file takes up the disk, deleted or not. Thread-safe.
 */
final class RequestContent extends AbstractResource implements Closeable {

	private static final Log logger = LogFactory.getLog(RequestContent.class);

	private final List<InputStream> opened = new ArrayList<>();

	private final Resource content;

	private boolean closed;

	RequestContent(Resource content) {
		this.content = content;
	}

	@Override
	public InputStream getInputStream() throws IOException {
		InputStream input = this.content.getInputStream();
		synchronized (this.opened) {
			if (!this.closed) {
				this.opened.add(input);
				return input;
			}
		}
		input.close();
		throw new IOException("The request has ended");
	}

	@Override
	public ReadableByteChannel readableChannel() throws IOException {
		return Channels.newChannel(getInputStream());
	}

	@Override
	public void close() {
		List<InputStream> inputs;
		synchronized (this.opened) {
			this.closed = true;
			inputs = List.copyOf(this.opened);
			this.opened.clear();
		}
		for (InputStream input : inputs) {
			try {
				input.close();
			}
			catch (IOException | RuntimeException ex) {
				logger.debug(LogMessage.format("%s could not be closed: %s", this.content, ex));
			}
		}
	}

	@Override
	public boolean exists() {
		return this.content.exists();
	}

	@Override
	public boolean isReadable() {
		return this.content.isReadable();
	}

	@Override
	public boolean isFile() {
		return this.content.isFile();
	}

	@Override
	public URL getURL() throws IOException {
		return this.content.getURL();
	}

	@Override
	public URI getURI() throws IOException {
		return this.content.getURI();
	}

	@Override
	public File getFile() throws IOException {
		return this.content.getFile();
	}

	@Override
	public Path getFilePath() throws IOException {
		return this.content.getFilePath();
	}

	@Override
	public long contentLength() throws IOException {
		return this.content.contentLength();
	}

	@Override
	public long lastModified() throws IOException {
		return this.content.lastModified();
	}

	@Override
	public @Nullable String getFilename() {
		return this.content.getFilename();
	}

	@Override
	public String getDescription() {
		return this.content.getDescription();
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other;
	}

	@Override
	public int hashCode() {
		return System.identityHashCode(this);
	}

}
