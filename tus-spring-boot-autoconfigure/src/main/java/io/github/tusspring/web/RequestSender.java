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

package io.github.tusspring.web;

import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * Who sends a request, kept when the application's filters have let it in: what it may do
 * then, it may do until it is answered, on whatever thread. Thread-safe.
 */
public final class RequestSender {

	private final HttpServletRequest request;

	private final @Nullable Principal principal;

	private final List<SenderContext.Kept> kept;

	private @Nullable ServletRequestAttributes attributes;

	/**
	 * Keeps the sender of the request that the calling thread works for.
	 * @param request the request
	 * @param contexts know what is bound to the thread
	 */
	RequestSender(HttpServletRequest request, List<SenderContext> contexts) {
		this.kept = keep(contexts);
		Principal principal = request.getUserPrincipal();
		this.principal = (principal != null) ? principal : principal(this.kept);
		this.request = (principal == null && this.principal != null) ? new NamingRequest(request, this.principal)
				: request;
	}

	private static List<SenderContext.Kept> keep(List<SenderContext> contexts) {
		if (contexts.isEmpty()) {
			return List.of();
		}
		List<SenderContext.Kept> kept = new ArrayList<>(contexts.size());
		for (SenderContext context : contexts) {
			kept.add(context.keep());
		}
		return kept;
	}

	private static @Nullable Principal principal(List<SenderContext.Kept> kept) {
		for (SenderContext.Kept context : kept) {
			Principal principal = context.principal();
			if (principal != null) {
				return principal;
			}
		}
		return null;
	}

	/**
	 * Returns the request, which names its sender even where only the thread does.
	 * @return the request
	 */
	HttpServletRequest request() {
		return this.request;
	}

	/**
	 * Returns who sends the request.
	 * @return the principal, or {@code null} if it isn't known
	 */
	public @Nullable Principal principal() {
		return this.principal;
	}

	/**
	 * Whether an exception says that the sender may not do something.
	 * @param ex the exception
	 * @return {@code true} if the application has refused its sender, whatever the
	 * request brings
	 */
	public boolean isDenial(Throwable ex) {
		return this.kept.stream().anyMatch((context) -> context.isDenial(ex));
	}

	/**
	 * Whether an exception says that it isn't known now who the sender is or what the
	 * sender may do.
	 * @param ex the exception
	 * @return {@code true} if what protects the application has failed itself
	 */
	public boolean isOutage(Throwable ex) {
		return this.kept.stream().anyMatch((context) -> context.isOutage(ex));
	}

	/**
	 * Whether an exception says that the request has something in it which the
	 * application lets nobody send.
	 */
	boolean isUnreadable(Throwable ex) {
		return this.kept.stream().anyMatch((context) -> context.isUnreadable(ex));
	}

	/**
	 * Whether the calling thread works as the sender and for the request anyway, provided
	 * that it is the one which the sender was kept on.
	 * @return {@code false} if something has to be bound even there
	 */
	boolean isBound() {
		return !(this.request instanceof NamingRequest) && RequestContextHolder.getRequestAttributes() != null;
	}

	/**
	 * Has the calling thread work as the sender, and for the sender's request.
	 * @return puts back as whom the thread worked before, to be closed by the same thread
	 */
	public SenderContext.Bound bind() {
		SenderContext.Bound contexts = bind(SenderContext.Kept::bind);
		RequestAttributes before = RequestContextHolder.getRequestAttributes();
		RequestContextHolder.setRequestAttributes(attributes());
		return () -> {
			RequestContextHolder.setRequestAttributes(before);
			contexts.close();
		};
	}

	/**
	 * Has the calling thread work as the sender in another dispatch of the request.
	 * @param dispatch the request, as the filters get it
	 * @return puts back as whom the thread worked before, to be closed by the same thread
	 */
	public SenderContext.Bound bind(HttpServletRequest dispatch) {
		return bind((context) -> context.bind(dispatch));
	}

	private SenderContext.Bound bind(Function<SenderContext.Kept, SenderContext.Bound> binding) {
		return SenderContext.Bound.all(this.kept, binding);
	}

	/**
	 * Returns the attributes of the request for all threads that work for it after its
	 * own: what is in the request's scope is one for all of them.
	 */
	private synchronized ServletRequestAttributes attributes() {
		if (this.attributes == null) {
			this.attributes = new ServletRequestAttributes(this.request);
		}
		return this.attributes;
	}

	/**
	 * Called when no thread works for the sender any more: what was made for the request
	 * is destroyed.
	 */
	void complete() {
		ServletRequestAttributes completed;
		synchronized (this) {
			completed = this.attributes;
			this.attributes = null;
		}
		if (completed != null) {
			completed.requestCompleted();
		}
	}

	private static final class NamingRequest extends HttpServletRequestWrapper {

		private final Principal principal;

		private NamingRequest(HttpServletRequest request, Principal principal) {
			super(request);
			this.principal = principal;
		}

		@Override
		public Principal getUserPrincipal() {
			return this.principal;
		}

		@Override
		public String getRemoteUser() {
			return this.principal.getName();
		}

	}

}
