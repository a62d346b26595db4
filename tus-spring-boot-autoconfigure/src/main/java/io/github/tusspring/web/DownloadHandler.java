package io.github.tusspring.web;

import java.io.IOException;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.http.ETag;
import org.springframework.http.ETag;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.converter.ResourceHttpMessageConverter;
import org.springframework.http.converter.ResourceRegionHttpMessageConverter;
import org.springframework.util.StringUtils;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/**
 * Sends contents the way Spring MVC sends its static resources: with ranges and
 * conditional requests.
 */
final class DownloadHandler extends ResourceHttpRequestHandler {

	private static final String CONTENT = DownloadHandler.class.getName() + ".CONTENT";

	private static final String ANSWER = DownloadHandler.class.getName() + ".ANSWER";

	DownloadHandler() {
		setResourceHttpMessageConverter(new ResourceHttpMessageConverter());
		setResourceRegionHttpMessageConverter(new ResourceRegionHttpMessageConverter());
		setEtagGenerator(DownloadHandler::etag);
		setSupportedMethods("GET");
	}

	private static String etag(Resource content) {
		try {
			return '"' + content.getFilename() + '-' + content.contentLength() + '"';
		}
		catch (IOException ex) {
			return '"' + content.getFilename() + '"';
		}
	}

	void send(HttpServletRequest request, HttpServletResponse response, ExchangeAnswer answer, Resource content)
			throws ServletException, IOException {
		request.setAttribute(CONTENT, content);
		request.setAttribute(ANSWER, answer);
		answer.headers().forEach((name, value) -> {
			if (!name.equals("Content-Type")) {
				response.setHeader(name, value);
			}
		});
		if (!isExpected(request.getHeader(HttpHeaders.IF_MATCH), etag(content))) {
			// Spring MVC looks at this header in requests that change something only.
			response.setStatus(HttpStatus.PRECONDITION_FAILED.value());
			return;
		}
		RangeRequest ranges = new RangeRequest(request, etag(content), content.lastModified());
		if (!ranges.isSatisfiable(content)) {
			// Not left to the handler, whose answer would be an error page.
			response.setStatus(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE.value());
			response.setHeader(HttpHeaders.CONTENT_RANGE, "bytes */" + content.contentLength());
			return;
		}
		handleRequest(ranges, response);
	}

	private static boolean isExpected(@Nullable String ifMatch, String etag) {
		return ifMatch == null || ETag.parse(ifMatch)
			.stream()
			.anyMatch((tag) -> tag.isWildcard() || (!tag.weak() && tag.formattedTag().equals(etag)));
	}

	@Override
	protected @Nullable Resource getResource(HttpServletRequest request) {
		return (Resource) request.getAttribute(CONTENT);
	}

	@Override
	protected MediaType getMediaType(HttpServletRequest request, Resource resource) {
		ExchangeAnswer answer = (ExchangeAnswer) request.getAttribute(ANSWER);
		String type = answer.headers().get("Content-Type");
		try {
			if (StringUtils.hasText(type)) {
				MediaType mediaType = MediaType.parseMediaType(type);
				return mediaType.isConcrete() ? mediaType : MediaType.APPLICATION_OCTET_STREAM;
			}
		}
		catch (InvalidMediaTypeException ex) {
			// A client's words: not worth a line in the log.
		}
		return MediaType.APPLICATION_OCTET_STREAM;
	}

}
