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

import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
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
	 * What is rarely in the path of a URL, and could part one from another: all but
	 * letters, digits and some signs.
	 */
	private static final Pattern ODD = Pattern.compile("[\\x00-\\x7f&&[^\\w.~!$'()*=:@/%\\[\\]-]]|%(?![89A-F][0-9A-F])",
			Pattern.CASE_INSENSITIVE);

	/**
	 * What could part URLs in a query, encoded.
	 */
	private static final Pattern ENCODED = Pattern.compile("%(?:09|0A|0D|20|2C|3B|7C)", Pattern.CASE_INSENSITIVE);

	/**
	 * What looks like another URL in a query.
	 */
	private static final Pattern ANOTHER = Pattern.compile("[,;|\\s][^,;|\\s&=#/?]*[/?]");

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
	 * relative: only their last segment counts. What may be several of them that
	 * something else parts than a space is refused, since all but one would be left out
	 * without a word.
	 * @param location returns the URL that an upload has in our own answers
	 */
	static @Nullable Concatenation concatenation(@Nullable String value, Function<UploadId, String> location) {
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
		List<PartUrl> parts = Arrays.stream(SPACES.split(urls.strip())).map(PartUrl::parse).toList();
		// Who knows that a space parts them doesn't use anything else besides.
		boolean alike = parts.size() > 1 && parts.stream().map(PartUrl::directory).distinct().count() == 1;
		if (!parts.stream().allMatch((part) -> part.isOne(alike, location))) {
			throw new TusException(400,
					TusHeaders.UPLOAD_CONCAT + " must have the URLs of partial uploads, with spaces between them");
		}
		return new Concatenation.Final(parts.stream().map((part) -> UploadId.of(part.id())).toList(), urls);
	}

	/**
	 * The URL of a part of a final upload.
	 *
	 * @param directory what comes before the last segment of the path
	 * @param id the last segment, which needn't be an id
	 * @param rest what follows
	 */
	private record PartUrl(String directory, String id, String rest) {

		static PartUrl parse(String url) {
			int end = url.length();
			for (int i = 0; i < end; i++) {
				if (url.charAt(i) == '?' || url.charAt(i) == '#') {
					end = i;
				}
			}
			if (end > 0 && url.charAt(end - 1) == '/') {
				end--;
			}
			int start = url.lastIndexOf('/', end - 1) + 1;
			return new PartUrl(url.substring(0, start), url.substring(start, end), url.substring(end));
		}

		/**
		 * Whether this can't be more than one URL.
		 * @param alike whether that the directory is an odd one says nothing
		 */
		boolean isOne(boolean alike, Function<UploadId, String> location) {
			if (!UploadId.isValid(this.id)) {
				return false;
			}
			boolean another = ANOTHER.matcher(ENCODED.matcher(this.rest).replaceAll(",")).find();
			return ((alike || !isOdd(this.directory)) && !another) || isOurs(location.apply(UploadId.of(this.id)));
		}

		/**
		 * Whether this is how we write the URL, whatever a proxy adds before its path.
		 */
		private boolean isOurs(String location) {
			String url = this.directory + this.id + this.rest;
			String ours = location.startsWith("/") ? location
					: location.substring(location.indexOf('/', location.indexOf("://") + 3));
			return url.endsWith(ours) && !isOdd(url.substring(0, url.length() - ours.length()));
		}

		private static boolean isOdd(String text) {
			return ODD.matcher(text).find();
		}

	}

}
