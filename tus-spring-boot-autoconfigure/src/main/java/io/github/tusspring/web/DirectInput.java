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
import java.nio.ByteBuffer;
import java.util.List;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request, read from its connection past the server's own buffer where
 * that is small: with one of 8 KiB, the calls cost as much as the bytes. To be used in
 * turn with the request's stream, while that is read without waiting: what was read here
 * is not read there.
 */
@FunctionalInterface
public interface DirectInput {

	/**
	 * The room in bytes that a buffer has at least when the stream is read: a stream that
	 * takes more at once would keep what is then read past it.
	 */
	int ROOM = 16 * 1024;

	/**
	 * Reads what has come, without waiting.
	 * @param buffer takes the bytes from its position on, which is moved behind them
	 * @return the number of bytes: 0 if only the stream can tell whether there are more
	 * @throws IOException if the connection is broken
	 */
	int read(ByteBuffer buffer) throws IOException;

	/**
	 * Opens direct inputs.
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Opens the direct input of a request.
		 * @param request the request
		 * @param stream the request's stream, which must be the server's own
		 * @return the input, or {@code null} if the stream has to be used
		 */
		@Nullable DirectInput open(HttpServletRequest request, ServletInputStream stream);

		/**
		 * Whether a stream that was left alone may be read on by a thread that isn't the
		 * server's. One that a filter has put before the server's may not support that.
		 * @param stream the request's stream
		 * @return {@code true} only where that was tried
		 */
		default boolean isReadByAnyThread(ServletInputStream stream) {
			return false;
		}

		/**
		 * Whether the server knows whom to call when bytes come. A stream that a filter
		 * has put before the server's may keep the listener to itself.
		 * @param request the request
		 * @param stream the request's stream, which has taken a listener
		 * @return {@code false} only if it is known that nobody is going to be called
		 */
		default boolean isListenedTo(HttpServletRequest request, ServletInputStream stream) {
			return true;
		}

		/**
		 * Whether the server knows whom to call when there is room for more of an answer.
		 * A stream that a filter has put before the server's may keep the listener to
		 * itself.
		 * @param request the request
		 * @param stream the response's stream, which has taken a listener
		 * @return {@code false} only if it is known that nobody is going to be called
		 */
		default boolean isListenedTo(HttpServletRequest request, ServletOutputStream stream) {
			return true;
		}

		/**
		 * Whether the server tells a listener of each end that a body may have.
		 * @param request the request
		 * @return {@code false} if one may come in silence, so that it has to be looked
		 * for
		 */
		default boolean tellsOfEnd(HttpServletRequest request) {
			return true;
		}

		/**
		 * Whether the client has broken a request off. Some servers tell of the end of
		 * the body then, as if it were whole.
		 * @param request the request, which wasn't answered yet
		 * @return {@code true} only if that is known
		 */
		default boolean isBrokenOff(HttpServletRequest request) {
			return false;
		}

		/**
		 * Returns a factory that stands for those of all servers.
		 * @param factories the factories
		 * @return the first of them that knows the request's server opens its input
		 */
		static Factory any(List<Factory> factories) {
			return new Factory() {

				@Override
				public @Nullable DirectInput open(HttpServletRequest request, ServletInputStream stream) {
					for (Factory factory : factories) {
						DirectInput input = factory.open(request, stream);
						if (input != null) {
							return input;
						}
					}
					return null;
				}

				@Override
				public boolean isBrokenOff(HttpServletRequest request) {
					return factories.stream().anyMatch((factory) -> factory.isBrokenOff(request));
				}

				@Override
				public boolean isListenedTo(HttpServletRequest request, ServletInputStream stream) {
					return factories.stream().allMatch((factory) -> factory.isListenedTo(request, stream));
				}

				@Override
				public boolean isListenedTo(HttpServletRequest request, ServletOutputStream stream) {
					return factories.stream().allMatch((factory) -> factory.isListenedTo(request, stream));
				}

				@Override
				public boolean tellsOfEnd(HttpServletRequest request) {
					return factories.stream().allMatch((factory) -> factory.tellsOfEnd(request));
				}

				@Override
				public boolean isReadByAnyThread(ServletInputStream stream) {
					return factories.stream().anyMatch((factory) -> factory.isReadByAnyThread(stream));
				}

			};
		}

	}

}
