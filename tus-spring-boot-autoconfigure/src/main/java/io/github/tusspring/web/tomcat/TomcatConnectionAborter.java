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

package io.github.tusspring.web.tomcat;

import io.github.tusspring.web.ConnectionAborter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.catalina.connector.Request;
import org.apache.coyote.ActionCode;

/**
 * Closes connections of Tomcat, of whose requests the {@link TomcatRequestValve} knows.
 */
public final class TomcatConnectionAborter implements ConnectionAborter {

	@Override
	public boolean abort(HttpServletRequest request) {
		Request tomcatRequest = TomcatRequestValve.find(request);
		if (tomcatRequest == null) {
			return false;
		}
		AsyncContext async = tomcatRequest.isAsyncStarted() ? tomcatRequest.getAsyncContext() : null;
		if (async == null || tomcatRequest.getCoyoteRequest().isRequestThread()) {
			tomcatRequest.getCoyoteRequest().action(ActionCode.CLOSE_NOW, null);
			if (async != null) {
				async.complete();
			}
			return true;
		}
		// Tomcat has a thread of its own end the request as soon as it is closed:
		// completing it here would race with that, and might hit the request that comes
		// next.
		async.addListener(new Completion(tomcatRequest));
		tomcatRequest.getCoyoteRequest().action(ActionCode.CLOSE_NOW, null);
		return true;
	}

	/**
	 * Completes the request before Tomcat makes an error page for a connection that is
	 * gone, unless another one has done so.
	 */
	private record Completion(Request request) implements AsyncListener {

		@Override
		public void onError(AsyncEvent event) {
			if (this.request.isAsyncStarted()) {
				event.getAsyncContext().complete();
			}
		}

		@Override
		public void onComplete(AsyncEvent event) {
		}

		@Override
		public void onTimeout(AsyncEvent event) {
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
		}

	}

}
