package io.github.tusspring.web.tomcat;

import java.io.IOException;

import io.github.tusspring.web.ConnectionAborter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;

/**
 * Closes connections of Tomcat. As a valve it remembers Tomcat's own request, which the
 * servlet request hides. Without it Tomcat would answer 400 or 408 of its own accord when
 * a body ends early, and clients would give up.
 */
public final class TomcatConnectionAborter extends ValveBase implements ConnectionAborter {

	private static final String REQUEST = TomcatConnectionAborter.class.getName() + ".REQUEST";

	/**
	 * Creates an instance.
	 */
	public TomcatConnectionAborter() {
		super(true);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		request.setAttribute(REQUEST, request);
		getNext().invoke(request, response);
	}

	@Override
	public boolean abort(HttpServletRequest request) {
		if (!(request.getAttribute(REQUEST) instanceof Request tomcatRequest)) {
			return false;
		}
		tomcatRequest.getCoyoteRequest().action(ActionCode.CLOSE_NOW, null);
		return true;
	}

}
