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

import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * Takes the body of a request, piece by piece, and says what to answer. Calls never
 * overlap. Exactly one of {@link #end end}, {@link #stop stop}, {@link #fail fail} and a
 * {@link #receive receive} that answers is the last call.
 */
public interface BodyReceiver {

	/**
	 * Takes a piece of the body.
	 * @param bytes the piece, valid during this call only
	 * @return {@code null} to go on, or an answer that ends it early, such as
	 * {@link ExchangeAnswer#CLOSE}
	 */
	@Nullable ExchangeAnswer receive(ByteBuffer bytes);

	/**
	 * Whether there is room for the next piece. It is taken all the same if there is
	 * none, but then memory may run short.
	 * @param listener called once, by any thread, when there is room again; only if this
	 * method returns {@code false}
	 * @return {@code true} if the next piece may come
	 */
	default boolean hasRoom(Runnable listener) {
		return true;
	}

	/**
	 * Called when the transfer has to wait for others, and its client for it.
	 */
	default void pause() {
	}

	/**
	 * Called when the transfer goes on after a {@link #pause}.
	 */
	default void resume() {
	}

	/**
	 * Called at the end of the body.
	 * @param trailers gives the value of a trailer or {@code null}
	 * @return the answer, perhaps {@link ExchangeAnswer#CLOSE}, or {@code null} if the
	 * request is answered by a {@link HandOver} and not the transfer's any more
	 */
	@Nullable ExchangeAnswer end(UnaryOperator<@Nullable String> trailers);

	/**
	 * Called when the transfer was asked to end before its body did.
	 * @param reason why
	 * @return the answer, or {@code null} to close the connection without one
	 */
	@Nullable ExchangeAnswer stop(StopReason reason);

	/**
	 * Called when the connection broke and {@link #fail fail} is going to be called by
	 * another thread.
	 */
	default void broken() {
	}

	/**
	 * Called when the connection broke.
	 */
	void fail();

}
