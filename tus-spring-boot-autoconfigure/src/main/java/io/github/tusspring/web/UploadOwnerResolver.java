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

import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.HexFormat;

import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.Upload;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import org.jspecify.annotations.Nullable;

/**
 * Says to whom the uploads belong that a request creates, and whose uploads it may reach:
 * a user, a tenant, a session. A bean of this type takes the place of what
 * {@code tus.security.owner} says. Must be thread-safe and quick: it is asked for each
 * request.
 */
@FunctionalInterface
public interface UploadOwnerResolver {

	/**
	 * Returns whose uploads a request creates and may reach.
	 * @param request the request, after the application's filters
	 * @return the owner, which is stored with each upload; or {@code null} for nobody:
	 * what the request creates belongs to whoever knows its URL, and it reaches no more
	 * than that
	 */
	@Nullable String resolveOwner(HttpServletRequest request);

	/**
	 * Returns in whose name a full upload is delivered for which no client waits: after a
	 * failure, a restart or a lost connection. Whoever that is, is asked once more
	 * whether it may have the upload delivered, and its identity is the one that
	 * listeners find in the security context. An exception is a failure of the delivery,
	 * which is made again later; an
	 * {@link io.github.tusspring.upload.UploadRejectedException} refuses the upload.
	 * @param upload the upload
	 * @return the user, with Spring Security an {@code Authentication}; or {@code null}
	 * if that is not known: the upload is then delivered in nobody's name and nobody is
	 * asked
	 */
	default @Nullable Principal resolvePrincipal(Upload upload) {
		return null;
	}

	/**
	 * Returns a resolver for which uploads belong to the request's principal, by its
	 * name.
	 * @return the resolver
	 */
	static UploadOwnerResolver principal() {
		return (request) -> {
			Principal principal = request.getUserPrincipal();
			return (principal != null) ? principal.getName() : null;
		};
	}

	/**
	 * Returns a resolver for which uploads belong to nobody: who knows an upload's URL
	 * may use it.
	 * @return the resolver
	 */
	static UploadOwnerResolver none() {
		return (request) -> null;
	}

	/**
	 * Returns a resolver for which uploads belong to the visitor's session, logged in or
	 * not, so that who logs in in the middle of an upload can go on with it. The owner is
	 * an attribute of the session, whose id changes at a login. It is made of the id at
	 * the first request, so that all requests at the same time come to the same one, also
	 * where each has a copy of the session. Begins a session where there is none.
	 * @return the resolver
	 */
	static UploadOwnerResolver session() {
		String attribute = UploadOwnerResolver.class.getName() + ".OWNER";
		return (request) -> {
			HttpSession session = request.getSession();
			if (session.getAttribute(attribute) instanceof String owner) {
				return owner;
			}
			// Not the id itself: whoever may see an upload's record must not have it.
			ChecksumAlgorithm.Calculation hash = ChecksumAlgorithm.SHA256.start();
			hash.update(StandardCharsets.UTF_8.encode(session.getId()));
			String owner = "session " + HexFormat.of().formatHex(hash.value());
			session.setAttribute(attribute, owner);
			return owner;
		};
	}

}
