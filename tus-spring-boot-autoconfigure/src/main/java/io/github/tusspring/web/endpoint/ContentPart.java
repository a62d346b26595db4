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

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * The content of an upload as a part of a form, for handlers that want one.
 */
final class ContentPart implements Part {

	private final Map<String, String> headers = new LinkedCaseInsensitiveMap<>();

	private final String name;

	private final String filename;

	private final RequestContent content;

	ContentPart(String name, String filename, String contentType, RequestContent content) {
		this.name = name;
		this.filename = filename;
		this.content = content;
		this.headers.put(HttpHeaders.CONTENT_DISPOSITION,
				HandlerHeaders.disposition(ContentDisposition.formData().name(name), filename));
		this.headers.put(HttpHeaders.CONTENT_TYPE, contentType);
	}

	RequestContent content() {
		return this.content;
	}

	@Override
	public InputStream getInputStream() throws IOException {
		return this.content.getInputStream();
	}

	@Override
	public @Nullable String getContentType() {
		return getHeader(HttpHeaders.CONTENT_TYPE);
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public String getSubmittedFileName() {
		return this.filename;
	}

	@Override
	public long getSize() {
		try {
			return this.content.contentLength();
		}
		catch (IOException ex) {
			return -1;
		}
	}

	@Override
	public void write(String file) throws IOException {
		Path target = new File(file).toPath();
		try (InputStream input = getInputStream()) {
			// A copy: if the handler fails, the next attempt needs the content.
			Files.copy(input, target, StandardCopyOption.REPLACE_EXISTING);
		}
	}

	@Override
	public void delete() {
		// The content goes when the handler has taken it.
	}

	@Override
	public @Nullable String getHeader(String name) {
		return this.headers.get(name);
	}

	@Override
	public Collection<String> getHeaders(String name) {
		String value = getHeader(name);
		return (value != null) ? List.of(value) : List.of();
	}

	@Override
	public Collection<String> getHeaderNames() {
		return List.copyOf(this.headers.keySet());
	}

}
