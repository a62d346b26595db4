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

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.web.DeclaredType;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ContentDisposition;
import org.springframework.http.MediaType;

/**
 * Makes of what a client says about an upload what a handler may trust as a header or a
 * file's name.
 */
final class HandlerHeaders {

	/**
	 * The headers of the last append that say nothing of the upload as a whole.
	 */
	private static final Set<String> HIDDEN = Set.of("tus-resumable", "upload-offset", "upload-length",
			"upload-defer-length", "upload-metadata", "upload-concat", "upload-checksum", "upload-complete",
			"upload-incomplete", "upload-draft-interop-version", "x-http-method-override", "transfer-encoding",
			"content-type", "content-length", "content-encoding", "content-disposition", "content-range", "content-md5",
			"content-digest", "repr-digest", "expect", "trailer", "te");

	/** A word of RFC 9110, section 5.6.2. */
	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~\\w-]+");

	private static final Pattern CODINGS = Pattern.compile(TOKEN + "( ?, ?" + TOKEN + ")*+");

	private HandlerHeaders() {
	}

	static boolean isHidden(String name) {
		return HIDDEN.contains(name.toLowerCase(Locale.ROOT));
	}

	/**
	 * Returns metadata whose file name and type can be used as such, if they are there,
	 * and whose headers of a creation have no other name and nothing that the header
	 * couldn't have.
	 */
	static UploadMetadata safe(UploadMetadata metadata) {
		Map<String, String> values = new LinkedHashMap<>(metadata.asMap());
		values.computeIfPresent("filename", (key, name) -> Objects.requireNonNullElse(metadata.safeFilename(), ""));
		values.computeIfPresent(UploadMetadata.CONTENT_DISPOSITION,
				(key, disposition) -> disposition(disposition, metadata.safeFilename()));
		values.computeIfPresent(UploadMetadata.CONTENT_ENCODING,
				(key, encoding) -> CODINGS.matcher(encoding).matches() ? encoding : null);
		values.computeIfPresent("filetype", (key, type) -> filetype(metadata).toString());
		return values.equals(metadata.asMap()) ? metadata : UploadMetadata.of(values);
	}

	/**
	 * Returns a type whose content nobody but the handler will try to read.
	 */
	static MediaType filetype(UploadMetadata metadata) {
		MediaType type = DeclaredType.of(metadata);
		// A form would be read by filters and never reach the handler as a body.
		boolean form = type.getType().equalsIgnoreCase("multipart")
				|| MediaType.APPLICATION_FORM_URLENCODED.includes(type);
		return form ? MediaType.APPLICATION_OCTET_STREAM : type;
	}

	/**
	 * Makes a disposition of one that may have several names: one of them is known to be
	 * safe.
	 */
	private static @Nullable String disposition(String said, @Nullable String filename) {
		String type = said.split(";", 2)[0].strip();
		if (!TOKEN.matcher(type).matches()) {
			return null;
		}
		ContentDisposition.Builder builder = ContentDisposition.builder(type);
		if (filename == null) {
			return builder.build().toString();
		}
		return StandardCharsets.US_ASCII.newEncoder().canEncode(filename)
				? builder.filename(filename).build().toString() : disposition(builder, filename);
	}

	static String disposition(ContentDisposition.Builder builder, String filename) {
		return builder.filename(filename, StandardCharsets.UTF_8).build().toString();
	}

}
