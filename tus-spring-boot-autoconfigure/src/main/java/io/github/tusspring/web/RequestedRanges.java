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

import java.io.IOException;
import java.util.Arrays;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourceRegion;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;

/**
 * The ranges of a content that a request asks for. A {@code Range} header doesn't count
 * (RFC 9110, section 14.2) if it is malformed or of another unit, if it asks for more
 * than a few ranges or for as much as all of the content in several, or if its
 * {@code If-Range} names another content.
 */
final class RequestedRanges {

	private static final String UNIT = "bytes=";

	/**
	 * Who reads a file piece by piece asks for no more at once.
	 */
	private static final int MAX_RANGES = 10;

	private static final int MAX_DIGITS = 18;

	private RequestedRanges() {
	}

	/**
	 * Returns what a request asks for. Ranges that begin behind the end are left out: the
	 * others can be answered (RFC 9110, section 14.1.1).
	 * @param request the request
	 * @param etag the content's strong entity tag
	 * @param content the content
	 * @return the ranges, none if the content has none of them, or {@code null} if all of
	 * the content is to be sent
	 * @throws IOException if the content's length can't be read
	 */
	static @Nullable List<ResourceRegion> of(HttpServletRequest request, String etag, Resource content)
			throws IOException {
		String header = request.getHeader(HttpHeaders.RANGE);
		if (header == null || !isWellFormed(header) || !isSame(request, etag, content.lastModified())) {
			return null;
		}
		long length = content.contentLength();
		try {
			List<HttpRange> ranges = HttpRange.parseRanges(header);
			if (length == 0 && ranges.stream().anyMatch((range) -> range.toString().startsWith("-"))) {
				// The end of nothing is all of it (RFC 9110, section 14.1.2).
				return null;
			}
			List<ResourceRegion> regions = ranges.stream()
				.filter((range) -> range.getRangeStart(length) < length)
				.map((range) -> range.toResourceRegion(content))
				.toList();
			long count = regions.stream().mapToLong(ResourceRegion::getCount).sum();
			return (ranges.size() == 1 || count < length) ? regions : null;
		}
		catch (IllegalArgumentException ex) {
			// One of them ends before it begins.
			return List.of();
		}
	}

	/**
	 * Whether a header has a few well-formed ranges. Not looked for with a regular
	 * expression: those call themselves for each repetition.
	 */
	private static boolean isWellFormed(String header) {
		if (!header.startsWith(UNIT)) {
			return false;
		}
		String[] ranges = header.substring(UNIT.length()).split(",", MAX_RANGES + 1);
		return ranges.length <= MAX_RANGES && Arrays.stream(ranges).allMatch(RequestedRanges::isRange);
	}

	private static boolean isRange(String text) {
		String range = text.strip();
		int dash = range.indexOf('-');
		return dash >= 0 && range.length() > 1 && isNumber(range.substring(0, dash))
				&& isNumber(range.substring(dash + 1));
	}

	private static boolean isNumber(String text) {
		return text.length() <= MAX_DIGITS && text.chars().allMatch((c) -> c >= '0' && c <= '9');
	}

	private static boolean isSame(HttpServletRequest request, String etag, long lastModified) {
		String condition = request.getHeader(HttpHeaders.IF_RANGE);
		if (condition == null || condition.equals(etag)) {
			return true;
		}
		try {
			return request.getDateHeader(HttpHeaders.IF_RANGE) == lastModified / 1000 * 1000;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

}
