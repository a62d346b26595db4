package io.github.tusspring.web.endpoint;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.core.PriorityOrdered;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;

/**
 * Hears of what an endpoint's handler throws, before anybody makes an answer or a page of
 * it. Resolves nothing itself. Thread-safe.
 */
public final class HandlerCallExceptions implements HandlerExceptionResolver, PriorityOrdered {

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		if (request.getAttribute(HandlerCall.ATTRIBUTE) instanceof HandlerCall call) {
			call.raised(ex);
		}
		return null;
	}

}
