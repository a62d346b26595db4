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

package io.github.tusspring.upload;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;
import org.springframework.util.StringUtils;

/**
 * What a client says about an upload: keys with values, as in the header
 * {@code Upload-Metadata} (tus 1.0.0, section Creation). The header is kept as it was
 * sent, since a client is to get it back unchanged, and nothing else is kept: keys and
 * values are read from it when they are asked for, as a map of many short ones takes some
 * thirty times as much memory. Values are a client's words: check them before using them
 * as a path, a header or markup. Immutable.
 */
public final class UploadMetadata {

	/**
	 * The key of the header {@code Content-Disposition}, where a creation had it.
	 */
	public static final String CONTENT_DISPOSITION = "content-disposition";

	/**
	 * The key of the header {@code Content-Encoding}, where a creation had it.
	 */
	public static final String CONTENT_ENCODING = "content-encoding";

	/**
	 * No metadata.
	 */
	public static final UploadMetadata EMPTY = new UploadMetadata("");

	private final String header;

	private UploadMetadata(String header) {
		this.header = header;
	}

	/**
	 * Reads the value of an {@code Upload-Metadata} header: comma-separated pairs of an
	 * ASCII key and, after a single space, a value in Base64, which may be empty or
	 * absent.
	 * @param header the header's value
	 * @return the metadata
	 * @throws IllegalArgumentException for an empty or repeated key, control characters,
	 * more than one space in a pair or a value that is not Base64
	 */
	public static UploadMetadata parse(String header) {
		if (header.isBlank()) {
			return EMPTY;
		}
		values(header);
		return new UploadMetadata(header);
	}

	private static Map<String, String> values(String header) {
		Map<String, String> values = new LinkedHashMap<>();
		for (String pair : header.split(",", -1)) {
			String element = StringUtils.trimTrailingCharacter(StringUtils.trimLeadingCharacter(pair, ' '), ' ');
			int space = element.indexOf(' ');
			String key = (space < 0) ? element : element.substring(0, space);
			Assert.isTrue(isKey(key), "A metadata key must be of printable ASCII characters and not empty");
			String value = (space < 0) ? "" : decode(element.substring(space + 1));
			Assert.isTrue(values.put(key, value) == null, "A metadata key must not be repeated");
		}
		return values;
	}

	/**
	 * Returns metadata with the given keys and values.
	 * @param values keys of printable ASCII characters but space and comma, with any
	 * values
	 * @return the metadata
	 * @throws IllegalArgumentException for an impossible key
	 */
	public static UploadMetadata of(Map<String, String> values) {
		values.keySet().forEach((key) -> Assert.isTrue(isKey(key), () -> "'" + key + "' is not a metadata key"));
		return new UploadMetadata(
				values.entrySet().stream().map(UploadMetadata::encode).collect(Collectors.joining(",")));
	}

	private static boolean isKey(String key) {
		return !key.isEmpty() && key.chars().allMatch((c) -> c > ' ' && c < 0x7f && c != ',');
	}

	private static String decode(String value) {
		try {
			Assert.isTrue(value.length() % 4 == 0, "the value is not padded");
			return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException("A metadata value must be in Base64", ex);
		}
	}

	private static String encode(Map.Entry<String, String> entry) {
		byte[] value = entry.getValue().getBytes(StandardCharsets.UTF_8);
		return (value.length != 0) ? entry.getKey() + " " + Base64.getEncoder().encodeToString(value) : entry.getKey();
	}

	/**
	 * Returns the value of the given key.
	 * @param key the key
	 * @return the value, empty if the client gave the key alone, or {@code null} if there
	 * is no such key
	 */
	public @Nullable String get(String key) {
		return asMap().get(key);
	}

	/**
	 * Returns the file's name as the client gave it, under the key {@code filename}.
	 * @return the name or {@code null}
	 */
	public @Nullable String filename() {
		return get("filename");
	}

	/**
	 * Returns the file's name as one that can be used as such on every file system: no
	 * more than 255 bytes, without separators, control characters, characters that make a
	 * name look other than it is, names of devices and dots at the end. Two names may
	 * become the same. Not fit for HTML as it is.
	 * @return the name, or {@code null} if the client gave none
	 */
	public @Nullable String safeFilename() {
		String filename = filename();
		return (filename != null && !filename.isBlank()) ? SafeFilename.of(filename) : null;
	}

	/**
	 * Returns the file's media type as the client gave it, under the key
	 * {@code filetype}.
	 * @return the type or {@code null}
	 */
	public @Nullable String filetype() {
		return get("filetype");
	}

	/**
	 * Whether the file's media type is one of the given types, or of their kind.
	 */
	boolean hasFiletype(List<MimeType> types) {
		try {
			MimeType type = MimeTypeUtils.parseMimeType(String.valueOf(filetype()));
			return types.stream().anyMatch((taken) -> taken.includes(type));
		}
		catch (InvalidMimeTypeException ex) {
			return false;
		}
	}

	/**
	 * Returns all keys and values in the order in which they were sent.
	 * @return an unmodifiable map
	 */
	public Map<String, String> asMap() {
		return this.header.isEmpty() ? Map.of() : Collections.unmodifiableMap(values(this.header));
	}

	/**
	 * Returns the header's value as it was sent.
	 * @return the header, empty if there is no metadata
	 */
	public String header() {
		return this.header;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof UploadMetadata that && this.header.equals(that.header));
	}

	@Override
	public int hashCode() {
		return this.header.hashCode();
	}

	@Override
	public String toString() {
		return asMap().toString();
	}

}
