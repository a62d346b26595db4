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
		this.call.handled();
		this.context.complete();
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
