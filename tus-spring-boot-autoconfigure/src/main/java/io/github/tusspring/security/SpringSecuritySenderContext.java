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

package io.github.tusspring.security;

import java.security.Principal;
import java.util.List;

import io.github.tusspring.web.SenderContext;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.AuthenticationTrustResolver;
import org.springframework.security.authentication.AuthenticationTrustResolverImpl;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.firewall.RequestRejectedException;

/**
 * Keeps the security context of a request. It is not asked where the context came from:
 * many filters set it for their thread only, and a session may have ended since.
 */
public final class SpringSecuritySenderContext implements SenderContext {

	/**
	 * Say that a context was loaded already: else that of the session, or none, would
	 * take the place of the one that was kept. The second belongs to the filter of chains
	 * that save contexts by themselves.
	 */
	private static final List<String> LOADED = List.of(SecurityContextHolderFilter.class.getName() + ".APPLIED",
			"__spring_security_scpf_applied");

	private static final AuthenticationTrustResolver TRUST = new AuthenticationTrustResolverImpl();

	private final SecurityContextHolderStrategy strategy;

	/**
	 * Creates an instance.
	 * @param strategy has the security contexts of threads
	 */
	public SpringSecuritySenderContext(SecurityContextHolderStrategy strategy) {
		this.strategy = strategy;
	}

	@Override
	public Kept keep() {
		// Not the context itself: it may be a session's, which a logout empties.
		Authentication authentication = this.strategy.getContext().getAuthentication();
		return new KeptAuthentication(this.strategy, authentication);
	}

	@Override
	public Bound bind(Principal user) {
		return new KeptAuthentication(this.strategy, AuthorizationManagerAuthorizer.authentication(user)).bind();
	}

	private record KeptAuthentication(SecurityContextHolderStrategy strategy,
			@Nullable Authentication authentication) implements Kept {

		@Override
		public @Nullable Principal principal() {
			return TRUST.isAuthenticated(this.authentication) ? this.authentication : null;
		}

		@Override
		public Bound bind() {
			SecurityContext before = this.strategy.getContext();
			SecurityContext context = this.strategy.createEmptyContext();
			context.setAuthentication(this.authentication);
			this.strategy.setContext(context);
			return () -> {
				if (before.getAuthentication() != null) {
					this.strategy.setContext(before);
				}
				else {
					this.strategy.clearContext();
				}
			};
		}

		@Override
		public Bound bind(HttpServletRequest request) {
			Bound bound = bind();
			List<String> set = LOADED.stream().filter((name) -> request.getAttribute(name) == null).toList();
			set.forEach((name) -> request.setAttribute(name, Boolean.TRUE));
			return () -> {
				set.forEach(request::removeAttribute);
				bound.close();
			};
		}

		@Override
		public boolean isDenial(Throwable ex) {
			return ex instanceof AccessDeniedException || (ex instanceof AuthenticationException && !isOutage(ex));
		}

		@Override
		public boolean isOutage(Throwable ex) {
			return ex instanceof AuthenticationServiceException;
		}

		/**
		 * The firewall looks at a header when it is asked for, and no earlier.
		 */
		@Override
		public boolean isUnreadable(Throwable ex) {
			return ex instanceof RequestRejectedException;
		}

	}

}
