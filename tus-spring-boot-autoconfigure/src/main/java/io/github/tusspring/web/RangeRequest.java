package io.github.tusspring.web;

import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.regex.Pattern;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRange;

/**
 * Hides a {@code Range} header that does not count (RFC 9110, section 14.2): one that is
 * malformed or of another unit, and one whose {@code If-Range} names another content.
 * Spring MVC knows no {@code If-Range}, and answers 416 to what it can't read.
 */
final class RangeRequest extends HttpServletRequestWrapper {

	private static final Pattern RANGES = Pattern
		.compile("bytes=\\s*(\\d{1,18}-\\d{0,18}|-\\d{1,18})(\\s*,\\s*(\\d{1,18}-\\d{0,18}|-\\d{1,18}))*\\s*");

	private final @Nullable String range;

	/**
	 * Creates a request.
	 * @param request the request as it came
	 * @param etag the content's strong entity tag
	 * @param lastModified when the content was changed last, in milliseconds
	 */
	RangeRequest(HttpServletRequest request, String etag, long lastModified) {
		super(request);
		String sent = request.getHeader(HttpHeaders.RANGE);
		this.range = (sent != null && RANGES.matcher(sent).matches() && isSame(request, etag, lastModified)) ? sent
				: null;
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
