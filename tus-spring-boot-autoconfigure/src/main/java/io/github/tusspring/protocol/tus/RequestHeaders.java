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

package io.github.tusspring.protocol.tus;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Reads the values of request headers, strictly: what the specification doesn't allow is
 * a 400.
 */
final class RequestHeaders {

	private static final Pattern SPACES = Pattern.compile(" +");

	/**
	 * Several URLs that are parted by something else, or by headers of one name. Paths of
	 * ours may have commas, but no semicolon.
	 */
	private static final Pattern WRONG_LIST = Pattern
		.compile("\t|(?:[,;]|%20)(?:/|https?:)|^[^?#]*;|^(?!/|https?:)[^?#]*,", Pattern.CASE_INSENSITIVE);

	private RequestHeaders() {
	}

	/**
	 * Reads a number of bytes: digits only, 2^63 - 1 at most.
	 */
	static @Nullable Long size(String name, @Nullable String value) {
		if (value == null) {
			return null;
		}
		try {
			// The JDK takes signs and the digits of other scripts, too.
			Assert.isTrue(value.chars().allMatch((c) -> c >= '0' && c <= '9'), "only digits are allowed");
			return Long.valueOf(value);
		}
		catch (IllegalArgumentException ex) {
			throw new TusException(400, name + " must be a number of bytes below 2^63");
		}
	}

	static UploadMetadata metadata(@Nullable String value) {
		try {
			return (value != null) ? UploadMetadata.parse(value) : UploadMetadata.EMPTY;
		}
		catch (IllegalArgumentException ex) {
			throw new TusException(400, TusHeaders.UPLOAD_METADATA + " is malformed: " + ex.getMessage());
		}
	}

	/**
	 * Reads {@code <algorithm> <value in Base64>}.
	 */
	static Checksum checksum(String value) {
		int space = value.indexOf(' ');
		ChecksumAlgorithm algorithm = ChecksumAlgorithm.find((space < 0) ? value : value.substring(0, space));
		if (algorithm == null) {
			throw new TusException(400, TusHeaders.UPLOAD_CHECKSUM + " must name an algorithm that the server knows");
		}
		try {
			String base64 = (space < 0) ? "" : value.substring(space + 1);
			Assert.isTrue(base64.length() % 4 == 0, "the value is not padded");
			return new Checksum(algorithm, Base64.getDecoder().decode(base64));
		}
		catch (IllegalArgumentException ex) {
			throw new TusException(400, TusHeaders.UPLOAD_CHECKSUM + " is malformed: " + ex.getMessage());
		}
	}

	/**
	 * Reads {@code partial} or {@code final;<url> <url> ...}. The URLs may be absolute or
	 * relative: only their last segment counts.
	 */
	static @Nullable Concatenation concatenation(@Nullable String value) {
		if (value == null) {
			return null;
		}
		if (value.equals("partial")) {
			return new Concatenation.Partial();
		}
		if (!value.startsWith("final;")) {
			throw new TusException(400, TusHeaders.UPLOAD_CONCAT + " must be 'partial' or 'final;' with URLs");
		}
		String urls = value.substring("final;".length());
		List<UploadId> parts = new ArrayList<>();
		for (String url : SPACES.split(urls.strip())) {
			String id = lastSegment(url);
			// All but the last of several would be left out without a word.
			if (!UploadId.isValid(id) || WRONG_LIST.matcher(url).find()) {
				throw new TusException(400,
						TusHeaders.UPLOAD_CONCAT + " must have the URLs of partial uploads, with spaces between them");
			}
			parts.add(UploadId.of(id));
		}
		return new Concatenation.Final(parts, urls);
	}

	private static String lastSegment(String url) {
		int end = url.length();
		for (int i = 0; i < end; i++) {
			if (url.charAt(i) == '?' || url.charAt(i) == '#') {
				end = i;
			}
		}
		if (end > 0 && url.charAt(end - 1) == '/') {
			end--;
		}
		return url.substring(url.lastIndexOf('/', end - 1) + 1, end);
	}

}
