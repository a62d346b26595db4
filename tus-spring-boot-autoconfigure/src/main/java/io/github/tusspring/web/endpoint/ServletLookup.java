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

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * Finds the servlet of a path as the container does (Jakarta Servlet 6.1, section 12).
 *
 * @param context knows the servlets
 */
record ServletLookup(ServletContext context) {

	/**
	 * Finds a servlet, but for the one that takes what no other does.
	 * @param path the path below the context path
	 * @return what was found or {@code null}
	 */
	@Nullable Found find(String path) {
		Found best = null;
		for (ServletRegistration servlet : this.context.getServletRegistrations().values()) {
			for (String pattern : servlet.getMappings()) {
				if (matches(pattern, path) && (best == null || rank(pattern) > rank(best.pattern()))) {
					best = new Found(servlet, pattern);
				}
			}
		}
		return best;
	}

	/**
	 * Whether a path is that of a servlet other than Spring MVC's own, whose handlers are
	 * known by its mappings.
	 * @param path the path below the context path
	 * @param servletPath the path of Spring MVC's own servlet, empty for the root
	 */
	boolean hasOther(String path, String servletPath) {
		Found found = find(path);
		return found != null && !(found.isSpringMvc() && found.pattern().equals(servletPath + "/*"));
	}

	/**
	 * Whether a request is sent to the servlet of a path.
	 * @param request the request
	 * @param path the path below the context path
	 */
	static boolean isServletOf(HttpServletRequest request, String path) {
		Found found = new ServletLookup(request.getServletContext()).find(path);
		HttpServletMapping mapping = request.getHttpServletMapping();
		return (found != null) ? found.servlet().getName().equals(mapping.getServletName())
				: mapping.getMappingMatch() != MappingMatch.PATH;
	}

	private static boolean matches(String pattern, String path) {
		if (pattern.startsWith("*.")) {
			return path.endsWith(pattern.substring(1));
		}
		return pattern.equals(path)
				|| (pattern.endsWith("/*") && (path + "/").startsWith(pattern.substring(0, pattern.length() - 1)));
	}

	private static int rank(String pattern) {
		if (pattern.startsWith("*.")) {
			return 0;
		}
		return pattern.endsWith("/*") ? pattern.length() : Integer.MAX_VALUE;
	}

	/**
	 * A servlet that was found.
	 *
	 * @param servlet the servlet
	 * @param pattern the pattern by which it was found
	 */
	record Found(ServletRegistration servlet, String pattern) {

		/**
		 * Whether the servlet is one of Spring MVC's, which have many handlers.
		 */
		boolean isSpringMvc() {
			String name = this.servlet.getClassName();
			try {
				return DispatcherServlet.class
					.isAssignableFrom(ClassUtils.forName(name, this.getClass().getClassLoader()));
			}
			catch (ClassNotFoundException | LinkageError ex) {
				return false;
			}
		}

	}

}
