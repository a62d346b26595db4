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

import java.security.Principal;
import java.util.List;
import java.util.function.Function;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Knows what an application has bound to the thread of a request about its sender, and
 * binds it to the threads that work for the request later: most of a body comes when the
 * thread that the filters have seen is gone. Thread-safe.
 */
@FunctionalInterface
public interface SenderContext {

	/**
	 * Keeps what is bound to the calling thread.
	 * @return what can be bound to other threads, any number of times and by several of
	 * them at once
	 */
	Kept keep();

	/**
	 * Binds a user to the calling thread, who sends no request at the moment.
	 * @param user the user
	 * @return puts back what was bound before, to be closed by the same thread
	 */
	default Bound bind(Principal user) {
		return Bound.NOTHING;
	}

	/**
	 * What was kept. An application that carries a value of its own along need only say
	 * how it is bound.
	 */
	@FunctionalInterface
	interface Kept {

		/**
		 * Returns who sends the request, as far as the request itself doesn't say so.
		 * @return the sender, or {@code null} if it isn't known
		 */
		default @Nullable Principal principal() {
			return null;
		}

		/**
		 * Binds what was kept to the calling thread.
		 * @return puts back what was bound before, to be closed by the same thread
		 */
		Bound bind();

		/**
		 * Binds what was kept to the thread of another dispatch of the request, in which
		 * the application's filters run once more.
		 * @param request the request
		 * @return puts back what was bound before, to be closed by the same thread
		 */
		default Bound bind(HttpServletRequest request) {
			return bind();
		}

		/**
		 * Whether an exception says that the sender may not do something.
		 * @param ex the exception
		 * @return {@code true} if the application has refused its sender, whatever the
		 * request brings
		 */
		default boolean isDenial(Throwable ex) {
			return false;
		}

		/**
		 * Whether an exception says that it isn't known now who the sender is or what the
		 * sender may do.
		 * @param ex the exception
		 * @return {@code true} if what protects the application has failed itself
		 */
		default boolean isOutage(Throwable ex) {
			return false;
		}

		/**
		 * Whether an exception says that a request has something in it which the
		 * application lets nobody send.
		 * @param ex the exception
		 * @return {@code true} if the request can't be read any further
		 */
		default boolean isUnreadable(Throwable ex) {
			return false;
		}

	}

	/**
	 * Puts back what was bound before.
	 */
	interface Bound extends AutoCloseable {

		/**
		 * Nothing was bound.
		 */
		Bound NOTHING = () -> {
		};

		/**
		 * Binds several one after the other, or none of them if one can't be bound.
		 * @param contexts what to bind
		 * @param binding binds one of them to the calling thread
		 * @return puts back what was bound before, in the opposite order
		 */
		static <T> Bound all(List<T> contexts, Function<T, Bound> binding) {
			Bound bound = NOTHING;
			try {
				for (T context : contexts) {
					Bound before = bound;
					Bound next = binding.apply(context);
					bound = () -> {
						try {
							next.close();
						}
						finally {
							before.close();
						}
					};
				}
			}
			catch (RuntimeException | Error ex) {
				bound.close();
				throw ex;
			}
			return bound;
		}

		@Override
		void close();

	}

}
