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
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;

/**
 * Hides a {@code Range} header that does not count (RFC 9110, section 14.2): one that is
 * malformed or of another unit, one that asks for more than a few ranges or for as much
 * as all of the content in several, and one whose {@code If-Range} names another content.
 * Spring MVC knows no {@code If-Range}, and answers 416 to what it can't read.
 */
final class RangeRequest extends HttpServletRequestWrapper {

	private static final String UNIT = "bytes=";

	/**
	 * Who reads a file piece by piece asks for no more at once.
	 */
	private static final int MAX_RANGES = 10;

	private static final int MAX_DIGITS = 18;

	private final @Nullable String range;

	/**
	 * Creates a request.
	 * @param request the request as it came
	 * @param etag the content's strong entity tag
	 * @param content the content
	 * @throws IOException if the content's length can't be read
	 */
	RangeRequest(HttpServletRequest request, String etag, Resource content) throws IOException {
		super(request);
		String sent = request.getHeader(HttpHeaders.RANGE);
		this.range = (sent != null && isReasonable(sent, content.contentLength())
				&& isSame(request, etag, content.lastModified())) ? satisfiable(sent, content.contentLength()) : null;
	}

	/**
	 * Leaves those ranges out that begin behind the end, unless all of them do: the
	 * others can be answered (RFC 9110, section 14.1.1).
	 */
	private static String satisfiable(String header, long length) {
		try {
			List<HttpRange> ranges = HttpRange.parseRanges(header)
				.stream()
				.filter((range) -> range.getRangeStart(length) < length)
				.toList();
			return ranges.isEmpty() ? header : HttpRange.toString(ranges);
		}
		catch (IllegalArgumentException ex) {
			return header;
		}
	}

	/**
	 * Whether a header has a few well-formed ranges. Not looked for with a regular
	 * expression: those call themselves for each repetition.
	 */
	private static boolean isReasonable(String header, long length) {
		if (!header.startsWith(UNIT)) {
			return false;
		}
		String[] ranges = header.substring(UNIT.length()).split(",", MAX_RANGES + 1);
		if (ranges.length > MAX_RANGES || !Arrays.stream(ranges).allMatch(RangeRequest::isRange)) {
			return false;
		}
		return ranges.length == 1 || Arrays.stream(ranges).mapToLong((range) -> length(range, length)).sum() < length;
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

	/**
	 * Returns how much of a content a range asks for.
	 */
	private static long length(String text, long length) {
		try {
			HttpRange range = HttpRange.parseRanges(UNIT + text.strip()).get(0);
			return Math.max(0, range.getRangeEnd(length) - range.getRangeStart(length) + 1);
		}
		catch (IllegalArgumentException ex) {
			return 0;
		}
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

	/**
	 * Whether the content has the ranges that are asked for.
	 * @param content the content
	 * @return {@code false} if the answer is 416
	 * @throws IOException if the content's length can't be read
	 */
	boolean isSatisfiable(Resource content) throws IOException {
		if (this.range == null) {
			return true;
		}
		content.contentLength();
		try {
			HttpRange.toResourceRegions(HttpRange.parseRanges(this.range), content);
			return true;
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	@Override
	public @Nullable String getHeader(String name) {
		return HttpHeaders.RANGE.equalsIgnoreCase(name) ? this.range : super.getHeader(name);
	}

	@Override
	public Enumeration<String> getHeaders(String name) {
		if (!HttpHeaders.RANGE.equalsIgnoreCase(name)) {
			return super.getHeaders(name);
		}
		return (this.range != null) ? Collections.enumeration(Collections.singleton(this.range))
				: Collections.emptyEnumeration();
	}

}
