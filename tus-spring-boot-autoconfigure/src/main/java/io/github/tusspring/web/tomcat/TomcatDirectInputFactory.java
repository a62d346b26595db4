package io.github.tusspring.web.tomcat;

import java.lang.reflect.Field;

import io.github.tusspring.web.DirectInput;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.CoyoteInputStream;
import org.apache.catalina.connector.Request;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.coyote.http11.Http11InputBuffer;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

/**
 * Opens direct inputs on Tomcat: for HTTP/1.1 without TLS, and only where no filter has
 * put a stream of its own before the server's. There is no public way to the socket, so
 * the field that has it is read by reflection. If a later Tomcat has no such field, the
 * stream is used.
 */
public final class TomcatDirectInputFactory implements DirectInput.Factory {

	private static final Log logger = LogFactory.getLog(TomcatDirectInputFactory.class);

	private final @Nullable Field socket = findSocket();

	private static @Nullable Field findSocket() {
		try {
			Field field = ReflectionUtils.findField(Http11InputBuffer.class, "wrapper", SocketWrapperBase.class);
			Assert.state(field != null, "There is no field for the socket");
			ReflectionUtils.makeAccessible(field);
			return field;
		}
		catch (RuntimeException ex) {
			logger.debug(LogMessage.format("Bodies are read in the server's small pieces: %s", ex));
			return null;
		}
	}

	@Override
	public @Nullable DirectInput open(HttpServletRequest request, ServletInputStream stream) {
		Request tomcatRequest = TomcatConnectionAborter.find(request);
		if (tomcatRequest == null) {
			return null;
		}
		org.apache.coyote.Request coyoteRequest = tomcatRequest.getCoyoteRequest();
		if (coyoteRequest.getInputBuffer() instanceof Http11InputBuffer && coyoteRequest.getContentLengthLong() < 0) {
			TomcatDispatchGuard.guard(coyoteRequest);
		}
		if (this.socket == null || !(stream instanceof CoyoteInputStream)) {
			return null;
		}
		if (coyoteRequest.getInputBuffer() instanceof Http11InputBuffer input
				&& ReflectionUtils.getField(this.socket, input) instanceof SocketWrapperBase<?> socket
				&& TomcatDirectInput.isPlain(socket)
				// With a large buffer of Tomcat's own there is nothing to be won.
				&& socket.getSocketBufferHandler().getReadBuffer().capacity() <= DirectInput.ROOM) {
			return new TomcatDirectInput(coyoteRequest, input, socket);
		}
		return null;
	}

}
