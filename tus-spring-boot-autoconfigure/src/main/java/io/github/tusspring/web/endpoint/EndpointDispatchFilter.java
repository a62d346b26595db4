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

package io.github.tusspring.web.endpoint;

import java.io.IOException;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.util.WebUtils;

/**
 * Goes around all other filters when a full upload is dispatched to an endpoint's
 * handler, to hear how that went.
 */
public final class EndpointDispatchFilter implements Filter {

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (!(request.getAttribute(HandlerCall.ATTRIBUTE) instanceof HandlerCall call)) {
			chain.doFilter(request, response);
		}
		else if (request.getDispatcherType() == DispatcherType.ASYNC) {
			if (WebUtils.getNativeRequest(request, HandlerRequest.class) != null) {
				call.dispatch((HttpServletRequest) request, (HttpServletResponse) response, chain);
			}
			else {
				// A container that is a mock dispatches the request that it has made.
				call.dispatch(call.request(), call.response(), chain);
			}
		}
		else if (call.isForwarding()) {
			call.arriveForwarded(request, response, chain);
		}
		else if (request.getDispatcherType() == DispatcherType.FORWARD) {
			call.forwarded(request, response, chain);
		}
		else {
			chain.doFilter(request, response);
		}
	}

}
