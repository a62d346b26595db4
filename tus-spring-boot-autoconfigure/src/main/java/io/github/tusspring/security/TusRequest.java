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

import java.util.function.Function;

import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * Matches requests for resumable uploads in the filter chains of Spring Security, by the
 * same rules as those that take the requests.
 *
 * <pre class="code">
 * http.csrf((csrf) -&gt; csrf.ignoringRequestMatchers(TusRequest.toUploads(), TusRequest.toEndpoints()));
 * </pre>
 */
public final class TusRequest {

	private TusRequest() {
	}

	/**
	 * Returns a matcher of the requests to {@code tus.path} and to the uploads below it.
	 * @return a matcher, which finds the path when the first request comes
	 */
	public static RequestMatcher toUploads() {
		return new ContextMatcher("uploads", UploadRequestMatchers::uploads);
	}

	/**
	 * Returns a matcher of the requests for resumable uploads to the application's own
	 * endpoints. Ordinary requests to the same paths don't match.
	 * @return a matcher, which finds the endpoints when the first request comes
	 */
	public static RequestMatcher toEndpoints() {
		return new ContextMatcher("endpoints", UploadRequestMatchers::endpoints);
	}

	/**
	 * Returns a matcher of the requests of both kinds, and of those to follow an upload,
	 * whose URL has a valid signature: they need no other credentials.
	 * @return a matcher, which finds the keys when the first request comes
	 * @see io.github.tusspring.web.SignedUploadUrls
	 */
	public static RequestMatcher toSignedUploads() {
		return new ContextMatcher("signed uploads", UploadRequestMatchers::signed);
	}

	/**
	 * Asks the matchers of the application that takes the request.
	 */
	private static final class ContextMatcher implements RequestMatcher {

		private final String name;

		private final Function<UploadRequestMatchers, RequestMatcher> choice;

		private volatile @Nullable RequestMatcher matcher;

		private ContextMatcher(String name, Function<UploadRequestMatchers, RequestMatcher> choice) {
			this.name = name;
			this.choice = choice;
		}

		@Override
		public boolean matches(HttpServletRequest request) {
			RequestMatcher found = this.matcher;
			if (found == null) {
				found = find(request.getServletContext());
				this.matcher = found;
			}
			return found.matches(request);
		}

		private RequestMatcher find(ServletContext servletContext) {
			WebApplicationContext context = WebApplicationContextUtils.getRequiredWebApplicationContext(servletContext);
			// Where uploads are switched off nothing is a request for one.
			return context.getBeanProvider(UploadRequestMatchers.class)
				.stream()
				.findFirst()
				.map(this.choice)
				.orElse((request) -> false);
		}

		@Override
		public String toString() {
			return "TusRequest [" + this.name + "]";
		}

	}

}
