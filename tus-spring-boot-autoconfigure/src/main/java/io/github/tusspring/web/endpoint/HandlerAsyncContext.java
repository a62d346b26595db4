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

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/**
 * Stores a handler's answer before it is complete.
 */
final class HandlerAsyncContext implements AsyncContext {

	private final AsyncContext context;

	private final HandlerCall call;

	HandlerAsyncContext(AsyncContext context, HandlerCall call) {
		this.context = context;
		this.call = call;
	}

	@Override
	public ServletRequest getRequest() {
		return this.context.getRequest();
	}

	@Override
	public ServletResponse getResponse() {
		return this.context.getResponse();
	}

	@Override
	public boolean hasOriginalRequestAndResponse() {
		return this.context.hasOriginalRequestAndResponse();
	}

	@Override
	public void dispatch() {
		this.context.dispatch();
	}

	@Override
	public void dispatch(String path) {
		this.context.dispatch(path);
	}

	@Override
	public void dispatch(ServletContext context, String path) {
		this.context.dispatch(context, path);
	}

	@Override
	public void complete() {
		try {
			this.call.handled();
		}
		finally {
			this.context.complete();
		}
	}

	@Override
	public void start(Runnable task) {
		this.context.start(task);
	}

	@Override
	public void addListener(AsyncListener listener) {
		this.context.addListener(listener);
	}

	@Override
	public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
		this.context.addListener(listener, request, response);
	}

	@Override
	public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
		return this.context.createListener(type);
	}

	@Override
	public void setTimeout(long timeout) {
		this.context.setTimeout(timeout);
	}

	@Override
	public long getTimeout() {
		return this.context.getTimeout();
	}

}
