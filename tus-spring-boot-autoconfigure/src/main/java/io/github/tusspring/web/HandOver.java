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

import io.github.tusspring.upload.Delivery;
import org.jspecify.annotations.Nullable;

/**
 * Hands full uploads over to a part of the application, which takes them in place of the
 * completed event, in the request of the client that sent the last byte.
 */
public interface HandOver {

	/**
	 * Returns where the uploads belong: they can be reached below this path only.
	 * @return the path of the creation URL, below the context path
	 */
	String endpoint();

	/**
	 * Returns what is configured for the uploads, which travels with them: nobody matches
	 * their path again.
	 * @return the path under which the endpoint is configured, or {@code null} if nothing
	 * is
	 */
	default @Nullable String endpointPattern() {
		return null;
	}

	/**
	 * Begins to hand an upload over. May return before that has ended. Never throws.
	 * @param delivery the delivery, to be closed at its end
	 * @param answers makes the protocol's answers
	 * @return the answer, or {@code null} if the hand-over goes on and gives the answer
	 * itself
	 */
	@Nullable ExchangeAnswer begin(Delivery delivery, HandOverAnswers answers);

}
