package io.github.tusspring.web.jetty;

import java.io.EOFException;

import io.github.tusspring.web.ConnectionAborter;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee11.servlet.ServletChannel;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpVersion;

/**
 * Closes connections of Jetty.
 */
public final class JettyConnectionAborter implements ConnectionAborter {

	@Override
	public boolean abort(HttpServletRequest request) {
		ServletContextRequest jettyRequest;
		try {
			jettyRequest = ServletContextRequest.getServletContextRequest(request);
		}
		catch (IllegalStateException ex) {
			// The request of another server, with Jetty on the class path too.
			return false;
		}
		ServletChannel channel = jettyRequest.getServletChannel();
		if (channel.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2) {
			channel.abort(new EOFException());
		}
		else {
			channel.getEndPoint().close();
		}
		if (request.isAsyncStarted()) {
			request.getAsyncContext().complete();
		}
		return true;
	}

}
