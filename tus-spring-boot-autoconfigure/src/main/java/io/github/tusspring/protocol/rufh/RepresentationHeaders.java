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

package io.github.tusspring.protocol.rufh;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.tusspring.upload.UploadMetadata;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * Makes metadata of the headers by which a creation describes its content: the name and
 * the type by the keys that tus clients use, and the headers themselves for the target.
 * Under that lies what the client says in the manner of tus.
 */
final class RepresentationHeaders {

	/** Of tus: a client that speaks both protocols sends it in either. */
	private static final String UPLOAD_METADATA = "Upload-Metadata";

	/** A parameter of Content-Disposition (RFC 6266, section 4.1). */
	private static final Pattern PARAMETER = Pattern
		.compile(";\\s*([!#-'*+.\\w^`|~-]+)\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*+\"|[^\\s;\"]+)");

	private static final Pattern ESCAPED = Pattern.compile("\\\\(.)");

	private static final Pattern EXTENDED = Pattern.compile("(UTF-8|ISO-8859-1)'[\\w-]*'(.*)",
			Pattern.CASE_INSENSITIVE);

	private RepresentationHeaders() {
	}

	static UploadMetadata metadata(UnaryOperator<@Nullable String> headers) {
		Map<String, String> metadata = new LinkedHashMap<>(sent(headers.apply(UPLOAD_METADATA)));
		String type = headers.apply("Content-Type");
		// Some clients label any message so that has bytes of an upload.
		if (type != null && !type.isBlank() && !RufhProtocol.isContentType(type)) {
			metadata.put("filetype", type);
		}
		String disposition = headers.apply("Content-Disposition");
		if (disposition != null) {
			String filename = filename(disposition);
			if (filename != null) {
				metadata.put("filename", filename);
			}
			metadata.put(UploadMetadata.CONTENT_DISPOSITION, disposition);
		}
		String encoding = headers.apply("Content-Encoding");
		if (encoding != null) {
			metadata.put(UploadMetadata.CONTENT_ENCODING, encoding);
		}
		return metadata.isEmpty() ? UploadMetadata.EMPTY : UploadMetadata.of(metadata);
	}

	private static Map<String, String> sent(@Nullable String value) {
		try {
			return (value != null) ? UploadMetadata.parse(value).asMap() : Map.of();
		}
		catch (IllegalArgumentException ex) {
			// The draft knows nothing of it, and of what is wrong with it.
			return Map.of();
		}
	}

	private static @Nullable String filename(String disposition) {
		String filename = null;
		Matcher parameters = PARAMETER.matcher(disposition);
		while (parameters.find()) {
			String name = parameters.group(1).toLowerCase(Locale.ROOT);
			String value = parameters.group(2);
			if (name.equals("filename*")) {
				String extended = extended(value);
				if (extended != null) {
					// It goes before the one for old clients.
					return extended;
				}
			}
			else if (name.equals("filename") && filename == null) {
				filename = value.startsWith("\"")
						? ESCAPED.matcher(value.substring(1, value.length() - 1)).replaceAll("$1") : value;
			}
		}
		return filename;
	}

	/**
	 * Reads {@code <charset>'<language>'<value with percents>} (RFC 8187).
	 */
	private static @Nullable String extended(String value) {
		Matcher matcher = EXTENDED.matcher(value);
		if (!matcher.matches()) {
			return null;
		}
		Charset charset = matcher.group(1).equalsIgnoreCase("UTF-8") ? StandardCharsets.UTF_8
				: StandardCharsets.ISO_8859_1;
		try {
			return StringUtils.uriDecode(matcher.group(2), charset);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
