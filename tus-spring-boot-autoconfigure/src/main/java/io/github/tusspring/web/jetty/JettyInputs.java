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

package io.github.tusspring.web.jetty;

import io.github.tusspring.web.DirectInput;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee11.servlet.HttpInput;
import org.eclipse.jetty.ee11.servlet.HttpOutput;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;

/**
 * Knows the streams of Jetty, whose own buffer is large enough to be read as it is.
 */
public final class JettyInputs implements DirectInput.Factory {

	@Override
	public @Nullable DirectInput open(HttpServletRequest request, ServletInputStream stream) {
		return null;
	}

	@Override
	public boolean isReadByAnyThread(ServletInputStream stream) {
		return stream instanceof HttpInput;
	}

	@Override
	public boolean isListenedTo(HttpServletRequest request, ServletInputStream stream) {
		if (stream instanceof HttpInput) {
			// The request may be over already, and has to be left alone.
			return true;
		}
		ServletContextRequest jettyRequest = JettyConnectionAborter.find(request);
		return jettyRequest == null || jettyRequest.getHttpInput().isAsync();
	}

	@Override
	public boolean isListenedTo(HttpServletRequest request, ServletOutputStream stream) {
		if (stream instanceof HttpOutput) {
			// The request may be over already, and has to be left alone.
			return true;
		}
		ServletContextRequest jettyRequest = JettyConnectionAborter.find(request);
		return jettyRequest == null || jettyRequest.getHttpOutput().isAsync();
	}

}
