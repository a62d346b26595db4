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

import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadMetadata;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.util.MimeTypeUtils;

/**
 * What a handler sees of an upload as the body of its request.
 *
 * @param method the request's method
 * @param headers the headers that describe the body
 * @param charset the charset of a text, or {@code null}
 * @param content the body's bytes
 * @param part the content as a part of a form
 * @param fields the other fields of the form, none if the body is not one
 */
record HandlerBody(String method, Map<String, String> headers, @Nullable Charset charset, RequestContent content,
		ContentPart part, Map<String, String> fields) {

	/**
	 * The name of the part where a handler doesn't say which it wants.
	 */
	static final String DEFAULT_PART = "file";

	/**
	 * The content as the body.
	 */
	static HandlerBody ofContent(String method, Upload upload, Resource stored) {
		RequestContent content = new RequestContent(stored);
		MediaType type = HandlerHeaders.filetype(upload.metadata());
		Map<String, String> headers = headers(upload, type.toString());
		headers.put(HttpHeaders.CONTENT_LENGTH, Long.toString(upload.offset()));
		return new HandlerBody(method, headers, type.getCharset(), content,
				part(DEFAULT_PART, upload, type.toString(), content), Map.of());
	}

	/**
	 * Where the content lies as the body: a {@link Path} or a {@link URI}.
	 */
	static HandlerBody ofLocation(String method, Upload upload, Resource stored, Object location) {
		byte[] text = location.toString().getBytes(StandardCharsets.UTF_8);
		Map<String, String> headers = headers(upload, "text/plain;charset=UTF-8");
		headers.put(HttpHeaders.CONTENT_LENGTH, Integer.toString(text.length));
		String type = HandlerHeaders.filetype(upload.metadata()).toString();
		return new HandlerBody(method, headers, StandardCharsets.UTF_8, new RequestContent(new ByteArrayResource(text)),
				part(DEFAULT_PART, upload, type, new RequestContent(stored)), Map.of());
	}

	private static Map<String, String> headers(Upload upload, String type) {
		Map<String, String> headers = new LinkedCaseInsensitiveMap<>();
		headers.put(HttpHeaders.CONTENT_TYPE, type);
		String filename = upload.metadata().safeFilename();
		if (filename != null) {
			headers.put(HttpHeaders.CONTENT_DISPOSITION,
					HandlerHeaders.disposition(ContentDisposition.attachment(), filename));
		}
		UploadMetadata metadata = upload.metadata();
		if (upload.draft() > 0) {
			putIfSaid(headers, HttpHeaders.CONTENT_DISPOSITION, metadata.get(UploadMetadata.CONTENT_DISPOSITION));
			putIfSaid(headers, HttpHeaders.CONTENT_ENCODING, metadata.get(UploadMetadata.CONTENT_ENCODING));
		}
		else if (!metadata.header().isEmpty()) {
			headers.put(TusHeaders.UPLOAD_METADATA, metadata.header());
		}
		return headers;
	}

	private static void putIfSaid(Map<String, String> headers, String name, @Nullable String value) {
		if (value != null) {
			headers.put(name, value);
		}
	}

	private static ContentPart part(String name, Upload upload, String type, RequestContent content) {
		String filename = upload.metadata().safeFilename();
		return new ContentPart(name, Objects.requireNonNullElse(filename, upload.id().toString()), type, content);
	}

	/**
	 * The content as a part of a form, with the metadata as its other fields.
	 * @param name the part's name
	 */
	HandlerBody asForm(String name, Upload upload) {
		Map<String, String> form = new LinkedCaseInsensitiveMap<>();
		form.putAll(this.headers);
		form.put(HttpHeaders.CONTENT_TYPE,
				"multipart/form-data;boundary=" + MimeTypeUtils.generateMultipartBoundaryString());
		form.remove(HttpHeaders.CONTENT_LENGTH);
		String type = Objects.requireNonNull(this.headers.get(HttpHeaders.CONTENT_TYPE));
		return new HandlerBody(this.method, form, null, this.content, part(name, upload, type, this.content),
				(upload.draft() > 0) ? Map.of() : new LinkedHashMap<>(upload.metadata().asMap()));
	}

	/**
	 * Closes what was opened.
	 */
	void close() {
		this.content.close();
		this.part.content().close();
	}

}
