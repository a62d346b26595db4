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
import java.util.Objects;

import io.github.tusspring.upload.UploadAccess;
import io.github.tusspring.upload.UploadAuthorizer;
import io.github.tusspring.upload.UploadForbiddenException;
import org.jspecify.annotations.Nullable;

import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;

/**
 * Asks {@linkplain AuthorizationManager authorization managers} of Spring Security what a
 * client may do with an upload; all have to agree. A manager words a refusal by throwing
 * an {@link AccessDeniedException}. Thread-safe if the managers are.
 */
public final class AuthorizationManagerAuthorizer implements UploadAuthorizer {

	private static final Authentication ANONYMOUS = new AnonymousAuthenticationToken("tus", "anonymousUser",
			AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));

	private final List<AuthorizationManager<UploadAccess>> managers;

	/**
	 * Creates an authorizer.
	 * @param managers decide, in their order
	 */
	public AuthorizationManagerAuthorizer(List<AuthorizationManager<UploadAccess>> managers) {
		this.managers = List.copyOf(managers);
	}

	@Override
	public void authorize(UploadAccess access) {
		this.managers.forEach((manager) -> authorize(manager, access));
	}

	private static void authorize(AuthorizationManager<UploadAccess> manager, UploadAccess access) {
		try {
			AuthorizationResult result = manager.authorize(() -> authentication(access.user()), access);
			if (result != null && !result.isGranted()) {
				throw new UploadForbiddenException("Access denied");
			}
		}
		catch (AccessDeniedException ex) {
			throw new UploadForbiddenException(Objects.requireNonNullElse(ex.getMessage(), "Access denied"));
		}
	}

	static Authentication authentication(@Nullable Principal user) {
		if (user instanceof Authentication authentication) {
			return authentication;
		}
		// Something other than Spring Security may have let the client in.
		return (user != null) ? UsernamePasswordAuthenticationToken.authenticated(user, null, List.of()) : ANONYMOUS;
	}

}
