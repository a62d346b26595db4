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

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.Collection;
import java.util.List;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

/**
 * A request that doesn't announce content, as HTTP/2 allows: whatever its client may send
 * after the headers can still be withheld when the request's handler is known.
 */
final class UnannouncedContentRequest extends HttpServletRequestWrapper {

	private boolean withheld;

	UnannouncedContentRequest(HttpServletRequest request) {
		super(request);
	}

	/**
	 * Has no content from here on.
	 */
	void withhold() {
		this.withheld = true;
	}

	@Override
	public ServletInputStream getInputStream() throws IOException {
		return this.withheld ? new Nothing() : super.getInputStream();
	}

	@Override
	public BufferedReader getReader() throws IOException {
		return this.withheld ? new BufferedReader(new StringReader("")) : super.getReader();
	}

	@Override
	public Collection<Part> getParts() throws IOException, ServletException {
		return this.withheld ? List.of() : super.getParts();
	}

	@Override
	public @Nullable Part getPart(String name) throws IOException, ServletException {
		return this.withheld ? null : super.getPart(name);
	}

	private static final class Nothing extends ServletInputStream {

		@Override
		public boolean isFinished() {
			return true;
		}

		@Override
		public boolean isReady() {
			return true;
		}

		@Override
		public void setReadListener(ReadListener listener) {
			throw new IllegalStateException("There is nothing to read");
		}

		@Override
		public int read() {
			return -1;
		}

	}

}
