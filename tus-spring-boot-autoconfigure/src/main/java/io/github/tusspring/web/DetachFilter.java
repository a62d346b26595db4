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

import java.io.IOException;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the threads that wait for a remote storage from a request until its own thread
 * has come back through all filters: on their way back some write headers, and no
 * response bears two threads. To be the first of all filters.
 */
public final class DetachFilter implements Filter {

	private static final String ATTRIBUTE = DetachFilter.class.getName() + ".FILTERS";

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		Filters filters = new Filters();
		request.setAttribute(ATTRIBUTE, filters);
		try {
			chain.doFilter(request, response);
		}
		catch (IOException | ServletException | RuntimeException | Error ex) {
			filters.failed(request, response);
			throw ex;
		}
		filters.left();
	}

	/**
	 * Does something for a request as soon as its own thread has left the filters.
	 */
	static void afterFilters(ServletRequest request, Runnable work) {
		if (request.getAttribute(ATTRIBUTE) instanceof Filters filters) {
			filters.after(work);
		}
		else {
			work.run();
		}
	}

	private static final class Filters {

		private boolean left;

		private @Nullable Runnable work;

		private synchronized void after(Runnable work) {
			if (this.left) {
				work.run();
			}
			else {
				this.work = work;
			}
		}

		/**
		 * Ends a request that has failed on its way back, and begins nothing: some
		 * containers would wait for us, and say 200 if we said nothing.
		 */
		private synchronized void failed(ServletRequest request, ServletResponse response) {
			this.left = true;
			if (this.work != null && request.isAsyncStarted()) {
				((HttpServletResponse) response).setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
				request.getAsyncContext().complete();
			}
		}

		private synchronized void left() {
			this.left = true;
			if (this.work != null) {
				this.work.run();
			}
		}

	}

}
