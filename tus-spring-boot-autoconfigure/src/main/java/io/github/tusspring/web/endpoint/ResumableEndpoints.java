package io.github.tusspring.web.endpoint;

import java.util.List;
import java.util.Locale;

import io.github.tusspring.protocol.tus.TusHeaders;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.cors.CorsUtils;

/**
 * The endpoints of the application's own that are made resumable.
 *
 * @param endpoints the endpoints
 */
public record ResumableEndpoints(List<ResumableEndpoint> endpoints) {

	public ResumableEndpoints {
		endpoints = List.copyOf(endpoints);
	}

	/**
	 * Whether a request to an endpoint is one of a tus client's rather than of the
	 * application's own, or asks whether such a one may be sent.
	 * @param request the request
	 * @return {@code true} if it is ours
	 */
	public boolean isTus(HttpServletRequest request) {
		return (hasProtocol(request) || asksForProtocol(request)) && isEndpoint(request);
	}

	/**
	 * Whether a request says that it speaks tus. A GET is always the application's.
	 */
	static boolean hasProtocol(HttpServletRequest request) {
		return request.getHeader(TusHeaders.TUS_RESUMABLE) != null && !request.getMethod().equals("GET");
	}

	private static boolean asksForProtocol(HttpServletRequest request) {
		String headers = request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS);
		return CorsUtils.isPreFlightRequest(request) && headers != null
				&& headers.toLowerCase(Locale.ROOT).contains("tus-resumable");
	}

	/**
	 * Whether a request is sent to an endpoint or to an upload below it.
	 * @param request the request
	 * @return {@code true} if an endpoint is there
	 */
	public boolean isEndpoint(HttpServletRequest request) {
		PathContainer path = path(request);
		return this.endpoints.stream().anyMatch((endpoint) -> endpoint.match(path) != null);
	}

	/**
	 * Returns the path of a request below the context path.
	 */
	static PathContainer path(HttpServletRequest request) {
		return RequestPath.parse(request.getRequestURI(), request.getContextPath()).pathWithinApplication();
	}

}
