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

import java.util.Map;

import io.github.tusspring.upload.Upload;

/**
 * Makes the answers of a request whose upload is handed over, as its protocol wants them.
 */
public interface HandOverAnswers {

	/**
	 * Makes the answer of an upload that was taken.
	 * @param upload the completed upload, with what the application says to the client
	 * @return the answer
	 */
	ExchangeAnswer taken(Upload upload);

	/**
	 * Makes the answer of an upload that was refused, or that could not be taken.
	 * @param ex what went wrong
	 * @return the answer
	 */
	ExchangeAnswer failed(RuntimeException ex);

	/**
	 * Returns the headers of every answer that an endpoint's handler gives.
	 * @return the headers
	 */
	Map<String, String> headers();

	/**
	 * Returns the headers of an answer of the handler's that neither takes nor refuses
	 * the upload, which therefore goes on.
	 * @param upload the upload
	 * @return the headers
	 */
	default Map<String, String> headers(Upload upload) {
		return headers();
	}

	/**
	 * Returns whether the client can make sense of a redirection.
	 * @return {@code true} if one is passed on
	 */
	default boolean redirects() {
		return false;
	}

}
