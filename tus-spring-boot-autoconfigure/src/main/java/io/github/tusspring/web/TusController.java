package io.github.tusspring.web;

import java.util.StringJoiner;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.server.PathContainer;
import org.springframework.http.server.RequestPath;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Takes the requests of tus clients in Spring MVC: the creation URL and the uploads below
 * it.
 */
public final class TusController implements HttpRequestHandler {

	private final TusHandler handler;

	private final ServletTransfers transfers;

	private final DownloadHandler downloads = new DownloadHandler();

	private final String path;

	private final int pathElements;

	private final boolean absolute;

	/**
	 * Creates a controller.
	 * @param handler handles the requests
	 * @param transfers what all transfers share
	 * @param path the creation URL's path below the context path and the servlet's path
	 * @param absolute whether the URLs of uploads are absolute
	 */
	public TusController(TusHandler handler, ServletTransfers transfers, String path, boolean absolute) {
		this.handler = handler;
		this.transfers = transfers;
		this.path = path;
		this.pathElements = PathContainer.parsePath(path).elements().size();
		this.absolute = absolute;
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) {
		RequestPath requestPath = ServletRequestPathUtils.hasParsedRequestPath(request)
				? ServletRequestPathUtils.getParsedRequestPath(request)
				: ServletRequestPathUtils.parseAndCache(request);
		String base = requestPath.contextPath().value() + this.path;
		if (this.absolute) {
			String url = request.getRequestURL().toString();
			base = url.substring(0, url.length() - request.getRequestURI().length()) + base;
		}
		this.handler.handle(new ServletTusExchange(request, response, target(requestPath), base, this.transfers,
				this.downloads, null));
	}

	private String target(RequestPath requestPath) {
		StringJoiner target = new StringJoiner("/");
		for (PathContainer.Element element : requestPath.pathWithinApplication()
			.subPath(this.pathElements)
			.elements()) {
			if (element instanceof PathContainer.PathSegment segment) {
				target.add(segment.valueToMatch());
			}
		}
		return target.toString();
	}

}
