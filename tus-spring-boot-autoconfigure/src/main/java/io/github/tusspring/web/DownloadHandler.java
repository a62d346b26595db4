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
import java.util.List;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.core.io.support.ResourceRegion;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.context.request.ServletWebRequest;

/**
 * Sends contents with ranges and conditional requests (RFC 9110, sections 13 and 14).
 */
final class DownloadHandler {

	private DownloadHandler() {
	}

	/**
	 * Sends a content. May return before all is sent.
	 * @param request the request
	 * @param response the response
	 * @param answer has the headers
	 * @param content the content
	 * @param transfers closes connections
	 * @param ended called once, when all is sent or will never be
	 */
	static void send(HttpServletRequest request, HttpServletResponse response, ExchangeAnswer answer, Resource content,
			ServletTransfers transfers, Runnable ended) throws IOException {
		ContentSender sender = null;
		try {
			sender = sender(request, UncachedResponse.of(response), answer, content, transfers, ended);
		}
		finally {
			if (sender == null) {
				ended.run();
			}
		}
		if (sender != null) {
			sender.send();
		}
		else if (request.isAsyncStarted()) {
			request.getAsyncContext().complete();
		}
	}

	private static @Nullable ContentSender sender(HttpServletRequest request, HttpServletResponse response,
			ExchangeAnswer answer, Resource content, ServletTransfers transfers, Runnable ended) throws IOException {
		answer.headers().forEach(response::setHeader);
		ContentParts parts = parts(request, response, content);
		if (parts == null) {
			return null;
		}
		response.setContentLengthLong(parts.length());
		return new ContentSender(request, response.getOutputStream(), parts, transfers, ended);
	}

	private static @Nullable ContentParts parts(HttpServletRequest request, HttpServletResponse response,
			Resource content) throws IOException {
		String etag = etag(content);
		if (!isExpected(request.getHeader(HttpHeaders.IF_MATCH), etag)) {
			// Spring MVC looks at this header in requests that change something only.
			response.setStatus(HttpStatus.PRECONDITION_FAILED.value());
			return null;
		}
		if (new ServletWebRequest(request, response).checkNotModified(etag, content.lastModified())) {
			return null;
		}
		response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
		List<ResourceRegion> ranges = RequestedRanges.of(request, etag, content);
		if (ranges == null) {
			return ContentParts.whole(content);
		}
		if (ranges.isEmpty()) {
			response.setStatus(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE.value());
			response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + content.contentLength());
			return null;
		}
		return parts(response, content, ranges);
	}

	private static ContentParts parts(HttpServletResponse response, Resource content, List<ResourceRegion> regions)
			throws IOException {
		response.setStatus(HttpStatus.PARTIAL_CONTENT.value());
		if (regions.size() == 1) {
			response.setHeader(HttpHeaders.CONTENT_RANGE, ContentParts.contentRange(content, regions.get(0)));
			return ContentParts.range(content, regions.get(0));
		}
		String boundary = MimeTypeUtils.generateMultipartBoundaryString();
		String type = String.valueOf(response.getContentType());
		response.setContentType("multipart/byteranges; boundary=" + boundary);
		return ContentParts.ranges(content, regions, type, boundary);
	}

	private static String etag(Resource content) {
		try {
			return '"' + content.getFilename() + '-' + content.contentLength() + '"';
		}
		catch (IOException ex) {
			return '"' + content.getFilename() + '"';
		}
	}

	private static boolean isExpected(@Nullable String ifMatch, String etag) {
		return ifMatch == null || ETag.parse(ifMatch)
			.stream()
			.anyMatch((tag) -> tag.isWildcard() || (!tag.weak() && tag.formattedTag().equals(etag)));
	}

}
