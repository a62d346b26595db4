package io.github.tusspring.web.tomcat;

import java.lang.reflect.Field;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.apache.coyote.ActionCode;
import org.apache.coyote.ActionHook;
import org.apache.coyote.Request;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.Assert;
import org.springframework.util.ReflectionUtils;

/**
 * Keeps Tomcat from processing a connection twice at a time. At the end of a chunked body
 * that is read without waiting, Tomcat goes on with the connection in the middle of the
 * read, as it has to for a thread that isn't its own. On its own thread that makes a
 * second processor, which takes what has come of a pipelined request for the beginning of
 * one. There the thread goes on by itself when it returns from the read.
 */
final class TomcatDispatchGuard implements ActionHook {

	private static final Log logger = LogFactory.getLog(TomcatDispatchGuard.class);

	private static final @Nullable Field HOOK = findHook();

	private final Request request;

	private final ActionHook processor;

	private TomcatDispatchGuard(Request request, ActionHook processor) {
		this.request = request;
		this.processor = processor;
	}

	private static @Nullable Field findHook() {
		try {
			Field field = ReflectionUtils.findField(Request.class, "hook", ActionHook.class);
			Assert.state(field != null, "There is no field for the processor");
			ReflectionUtils.makeAccessible(field);
			return field;
		}
		catch (RuntimeException ex) {
			logger.debug(LogMessage.format("Requests behind chunked ones may get lost: %s", ex));
			return null;
		}
	}

	/**
	 * Guards all requests of a connection from now on.
	 */
	static void guard(Request request) {
		if (HOOK != null && ReflectionUtils.getField(HOOK, request) instanceof ActionHook hook
				&& !(hook instanceof TomcatDispatchGuard)) {
			ReflectionUtils.setField(HOOK, request, new TomcatDispatchGuard(request, hook));
		}
	}

	@Override
	public void action(ActionCode code, @Nullable Object param) {
		if (code != ActionCode.DISPATCH_EXECUTE || !this.request.isRequestThread()) {
			this.processor.action(code, param);
		}
	}

}
