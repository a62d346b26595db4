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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

/**
 * A request of a tus client that becomes, when its upload is full, the request that the
 * endpoint's handler expects.
 */
final class HandlerRequest extends HttpServletRequestWrapper {

	private @Nullable HandlerCall call;

	private @Nullable HandlerBody body;

	private @Nullable ServletInputStream input;

	private @Nullable BufferedReader reader;

	private volatile boolean asyncStarted;

	HandlerRequest(HttpServletRequest request) {
		super(request);
	}

	/**
	 * Becomes the handler's request.
	 */
	void deliver(HandlerCall call, HandlerBody body) {
		this.call = call;
		this.body = body;
	}

	@Override
	public String getMethod() {
		return (this.body != null) ? this.body.method() : super.getMethod();
	}

	@Override
	public @Nullable String getHeader(String name) {
		if (this.body == null) {
			return super.getHeader(name);
		}
		String value = this.body.headers().get(name);
		return (value != null || HandlerHeaders.isHidden(name)) ? value : super.getHeader(name);
	}

	@Override
	public Enumeration<String> getHeaders(String name) {
		if (this.body == null) {
			return super.getHeaders(name);
		}
		String value = this.body.headers().get(name);
		if (value != null) {
			return Collections.enumeration(List.of(value));
		}
		return HandlerHeaders.isHidden(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
	}

	@Override
	public Enumeration<String> getHeaderNames() {
		if (this.body == null) {
			return super.getHeaderNames();
		}
		List<String> names = new ArrayList<>(Collections.list(super.getHeaderNames()));
		names.removeIf(HandlerHeaders::isHidden);
		names.addAll(this.body.headers().keySet());
		return Collections.enumeration(names);
	}

	@Override
	public int getIntHeader(String name) {
		String value = getHeader(name);
		return (value != null) ? Integer.parseInt(value) : -1;
	}

	@Override
	public @Nullable String getContentType() {
		return (this.body != null) ? this.body.headers().get("Content-Type") : super.getContentType();
	}

	@Override
	public int getContentLength() {
		long length = getContentLengthLong();
		return (length <= Integer.MAX_VALUE) ? (int) length : -1;
	}

	@Override
	public long getContentLengthLong() {
		if (this.body == null) {
			return super.getContentLengthLong();
		}
		String length = this.body.headers().get("Content-Length");
		return (length != null) ? Long.parseLong(length) : -1;
	}

	@Override
	public @Nullable String getCharacterEncoding() {
		Charset charset = (this.body != null) ? this.body.charset() : null;
		return (charset != null) ? charset.name() : super.getCharacterEncoding();
	}

	@Override
	public @Nullable Principal getUserPrincipal() {
		return (this.call != null) ? this.call.principal() : super.getUserPrincipal();
	}

	@Override
	public @Nullable String getRemoteUser() {
		if (this.call == null) {
			return super.getRemoteUser();
		}
		Principal principal = this.call.principal();
		return (principal != null) ? principal.getName() : null;
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		if (this.body == null) {
			return super.getInputStream();
		}
		if (this.input == null) {
			this.input = new ContentInputStream(this.body.content(), (call) -> getAsyncContext().start(call));
		}
		return this.input;
	}

	@Override
	public BufferedReader getReader() throws IOException {
		if (this.body == null) {
			return super.getReader();
		}
		if (this.reader == null) {
			String encoding = getCharacterEncoding();
			this.reader = new BufferedReader(new InputStreamReader(getInputStream(),
					(encoding != null) ? Charset.forName(encoding) : StandardCharsets.ISO_8859_1));
		}
		return this.reader;
	}

	@Override
	public Collection<Part> getParts() {
		return (this.body != null) ? List.of(this.body.part()) : List.of();
	}

	@Override
	public @Nullable Part getPart(String name) {
		return (this.body != null && this.body.part().getName().equals(name)) ? this.body.part() : null;
	}

	@Override
	public @Nullable String getParameter(String name) {
		String[] values = getParameterValues(name);
		return (values != null) ? values[0] : null;
	}

	@Override
	public String @Nullable [] getParameterValues(String name) {
		return getParameterMap().get(name);
	}

	@Override
	public Enumeration<String> getParameterNames() {
		return Collections.enumeration(getParameterMap().keySet());
	}

	@Override
	public Map<String, String[]> getParameterMap() {
		Map<String, String[]> parameters = super.getParameterMap();
		if (this.body == null || this.body.fields().isEmpty()) {
			return parameters;
		}
		Map<String, String[]> all = new LinkedHashMap<>();
		this.body.fields().forEach((name, value) -> all.put(name, new String[] { value }));
		all.putAll(parameters);
		return all;
	}

	@Override
	public Map<String, String> getTrailerFields() {
		return (this.body != null) ? Map.of() : super.getTrailerFields();
	}

	@Override
	public boolean isTrailerFieldsReady() {
		return this.body != null || super.isTrailerFieldsReady();
	}

	/**
	 * Closes what was opened of the content.
	 */
	void close() {
		if (this.body != null) {
			this.body.close();
		}
	}

	/**
	 * Notes that the request is dispatched once more.
	 */
	void dispatched() {
		this.asyncStarted = false;
	}

	/**
	 * Whether the request goes on when the present dispatch has returned.
	 */
	boolean goesOn() {
		return this.asyncStarted;
	}

	@Override
	public AsyncContext startAsync() {
		return (this.call != null) ? startAsync(this, this.call.response()) : super.startAsync();
	}

	@Override
	public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
		AsyncContext context = super.startAsync(request, response);
		this.asyncStarted = true;
		return (this.call != null) ? this.call.watch(context) : context;
	}

	@Override
	public AsyncContext getAsyncContext() {
		AsyncContext context = super.getAsyncContext();
		return (this.call != null) ? new HandlerAsyncContext(context, this.call) : context;
	}

}
