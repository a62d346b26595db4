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
					best = new Found(servlet, pattern, this.context.getClassLoader());
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
	 * Whether a request is sent to a servlet, by whichever of its patterns.
	 * @param request the request
	 * @param found the servlet, or {@code null} for the one that takes what no other does
	 */
	boolean isSentTo(HttpServletRequest request, @Nullable Found found) {
		HttpServletMapping mapping = request.getHttpServletMapping();
		return (found != null) ? found.servlet().getName().equals(mapping.getServletName())
				: mapping.getMappingMatch() != MappingMatch.PATH || isDefault(mapping.getServletName());
	}

	private boolean isDefault(String name) {
		ServletRegistration servlet = this.context.getServletRegistration(name);
		return servlet != null && servlet.getMappings().contains("/");
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
	 * @param loader loads the application's classes
	 */
	record Found(ServletRegistration servlet, String pattern, ClassLoader loader) {

		/**
		 * Returns the part of the path that is the servlet's rather than its handlers'.
		 */
		String path() {
			return this.pattern.endsWith("/*") ? this.pattern.substring(0, this.pattern.length() - 2) : "";
		}

		/**
		 * Whether the servlet is one of Spring MVC's, which have many handlers.
		 */
		boolean isSpringMvc() {
			String name = this.servlet.getClassName();
			try {
				return name != null && DispatcherServlet.class.isAssignableFrom(ClassUtils.forName(name, this.loader));
			}
			catch (ClassNotFoundException | LinkageError ex) {
				return false;
			}
		}

	}

}
