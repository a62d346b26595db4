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

package io.github.tusspring.test.autoconfigure;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.DispatcherType;

import org.springframework.http.HttpMethod;
import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.test.web.servlet.MvcResult;
import org.springframework.test.web.servlet.RequestBuilder;
import org.springframework.test.web.servlet.request.MockHttpServletRequestBuilder;
import org.springframework.test.web.servlet.request.MockMvcRequestBuilders;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.util.Assert;
import org.springframework.web.util.ServletRequestPathUtils;

/**
 * Sends requests to an application for which no server runs.
 */
final class MockMvcTransport implements TestTransport {

	private final Performer performer;

	private final List<RequestPostProcessor> processors;

	MockMvcTransport(Performer performer, List<RequestPostProcessor> processors) {
		this.performer = performer;
		this.processors = processors;
	}

	@Override
	public Answer send(String method, String path, Map<String, String> headers, byte[] body) {
		MockHttpServletRequestBuilder request = MockMvcRequestBuilders
			.request(HttpMethod.valueOf(method), URI.create(path))
			.content(body);
		headers.forEach(request::header);
		this.processors.forEach(request::with);
		try {
			MvcResult result = this.performer.perform(request);
			return answer(dispatched(result).getResponse());
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Goes on with a request that was dispatched to an endpoint's handler, as a server
	 * would.
	 */
	private MvcResult dispatched(MvcResult result) throws Exception {
		MvcResult last = result;
		while (last.getRequest().isAsyncStarted()) {
			MockHttpServletRequest request = last.getRequest();
			MockAsyncContext context = (MockAsyncContext) request.getAsyncContext();
			Assert.state(context != null, "The request has no asynchronous context");
			String path = context.getDispatchedPath();
			MvcResult waiting = last;
			last = this.performer.perform((servletContext) -> {
				if (path == null) {
					waiting.getAsyncResult();
				}
				else {
					request.setRequestURI(request.getContextPath() + path);
					request.setPathInfo(path);
					request.removeAttribute(ServletRequestPathUtils.PATH_ATTRIBUTE);
				}
				request.setDispatcherType(DispatcherType.ASYNC);
				request.setAsyncStarted(false);
				return request;
			});
		}
		return last;
	}

	/**
	 * Has an application handle a request.
	 */
	@FunctionalInterface
	interface Performer {

		MvcResult perform(RequestBuilder request) throws Exception;

	}

	private static Answer answer(MockHttpServletResponse response) {
		Map<String, List<String>> headers = new LinkedHashMap<>();
		response.getHeaderNames().forEach((name) -> headers.put(name, response.getHeaders(name)));
		return new Answer(response.getStatus(), headers, response.getContentAsByteArray());
	}

}
