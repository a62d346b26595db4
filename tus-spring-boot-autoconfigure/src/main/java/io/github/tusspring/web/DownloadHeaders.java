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

package io.github.tusspring.web;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

import io.github.tusspring.upload.Upload;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.util.UriUtils;

/**
 * The headers of a download. What somebody uploaded must not run as a page of ours:
 * whatever isn't known to be harmless is an attachment, no type is guessed, and what a
 * browser shows nevertheless may do nothing.
 */
final class DownloadHeaders {

	/**
	 * Types that no browser runs.
	 */
	private static final Set<String> HARMLESS = Set.of("image/png", "image/jpeg", "image/gif", "image/webp",
			"image/avif", "image/bmp", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/webm", "audio/flac",
			"audio/aac", "video/mp4", "video/webm", "video/ogg", "text/plain");

	private static final Pattern OTHER_THAN_ASCII = Pattern.compile("[^\\x20-\\x7e]");

	private DownloadHeaders() {
	}

	static Map<String, String> of(Upload upload) {
		MediaType type = DeclaredType.of(upload.metadata());
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put(HttpHeaders.CONTENT_TYPE, type.toString());
		headers.put(HttpHeaders.CONTENT_DISPOSITION, disposition(type,
				Objects.requireNonNullElse(upload.metadata().safeFilename(), upload.id().toString())));
		headers.put("X-Content-Type-Options", "nosniff");
		headers.put("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
		// Somebody's file: a browser may keep it, but has to ask each time.
		headers.put(HttpHeaders.CACHE_CONTROL, "private, no-cache");
		return headers;
	}

	/**
	 * Names the file (RFC 6266), with an approximation for clients that know plain ASCII
	 * only.
	 */
	private static String disposition(MediaType type, String name) {
		boolean harmless = HARMLESS.contains((type.getType() + "/" + type.getSubtype()).toLowerCase(Locale.ROOT));
		String ascii = OTHER_THAN_ASCII.matcher(name).replaceAll("_");
		String disposition = (harmless ? "inline" : "attachment") + "; filename=\"" + ascii + '"';
		// Some clients would decode a percent sign in the plain form.
		return (ascii.equals(name) && name.indexOf('%') < 0) ? disposition
				: disposition + "; filename*=UTF-8''" + UriUtils.encode(name, StandardCharsets.UTF_8);
	}

}
