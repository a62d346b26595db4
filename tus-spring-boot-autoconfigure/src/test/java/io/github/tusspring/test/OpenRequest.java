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
package io.github.tusspring.test;

import java.io.Closeable;

/**
 * A request of which the head is sent.
 */
public interface OpenRequest extends Closeable {

	/**
	 * Reads the next answer, which has to be an interim one such as 100.
	 */
	RawResponse readInterim();

	/**
	 * Sends some of the body.
	 */
	OpenRequest send(String text);

	/**
	 * Ends the body.
	 */
	OpenRequest end();

	/**
	 * Reads the answer.
	 */
	RawResponse read();

	/**
	 * Waits for the server to end the request without an answer.
	 * @return whether it did
	 */
	boolean isEndedByPeer();

	/**
	 * Gives the request up.
	 */
	@Override
	void close();

}
