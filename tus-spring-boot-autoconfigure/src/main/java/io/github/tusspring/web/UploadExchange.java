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

import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadException;
import java.util.Map;

import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;

/**
 * A request and the answer to it, as the engine needs to see them: all that ties it to a
 * server. A request is answered exactly once: by {@link #answer answer}, by {@link #send
 * send}, by its {@link #transfer transfer}, or by its {@link #handOver hand-over}.
 */
public interface UploadExchange {

	/**
	 * Returns the request's method.
	 * @return the method in upper case
	 */
	String method();

	/**
	 * Returns what follows the creation URL in the request's path.
	 * @return the decoded path, without slashes at its ends: empty for the creation URL
	 * itself, an id for an upload
	 */
	String target();

	/**
	 * Returns the lookup of the upload at which the request is aimed.
	 * @return the lookup, the same one each time if it is to be asked once
	 */
	default UploadLookup lookup() {
		return new UploadLookup(target());
	}

	/**
	 * Returns a header of the request.
	 * @param name the header's name
	 * @return its value, joined by commas if it was sent more than once, or {@code null}
	 */
	@Nullable String header(String name);

	/**
	 * Returns the length of the request's body.
	 * @return the length in bytes, 0 if there is no body, -1 if the length is not known
	 */
	long contentLength();

	/**
	 * Returns whose uploads the request creates and may reach.
	 * @return the owner, by default the principal's name, or {@code null}
	 */
	@Nullable String principal();

	/**
	 * Returns who sends the request, as the server knows it.
	 * @return the principal, or {@code null} if it isn't known
	 */
	default @Nullable Principal user() {
		return null;
	}

	/**
	 * Returns where the request comes from, which stands for a principal where uploads
	 * are counted by client.
	 * @return the client's address, or {@code null} if it isn't known
	 */
	default @Nullable String remoteAddress() {
		return null;
	}

	/**
	 * Returns what an exception says that isn't the engine's: what protects the
	 * application may refuse a request by one of its own.
	 * @param ex the exception
	 * @return the refusal, or {@code null} if it is none
	 */
	default @Nullable UploadException refusal(Throwable ex) {
		return null;
	}

	/**
	 * Returns the URL of an upload, for {@code Location}.
	 * @param id the upload's id
	 * @return an absolute URL, or one that begins with a slash
	 */
	String location(UploadId id);

	/**
	 * Sends an interim answer, which the client of this request has asked for.
	 * @param status the status, of the 1xx family
	 * @param headers the headers
	 * @return whether it was sent; a server that can't send any sends none
	 */
	default boolean inform(int status, Map<String, String> headers) {
		return false;
	}

	/**
	 * Does something that waits for a storage on another machine, on a thread that may
	 * wait. The request is answered by it, or later. To be called once at most, before
	 * anything else is done with the request.
	 * @param work what is to be done
	 */
	default void detach(Runnable work) {
		work.run();
	}

	/**
	 * Answers the request, whose body is not wanted.
	 * @param answer the answer
	 */
	void answer(ExchangeAnswer answer);

	/**
	 * Answers with a content, or as much of it as the request asks for. May return before
	 * all is sent.
	 * @param answer has the headers
	 * @param content the content
	 * @param ended to be called when all is sent or will never be
	 */
	void send(ExchangeAnswer answer, Resource content, Runnable ended);

	/**
	 * Returns the transfer of the request's body.
	 * @return a transfer that has not started
	 */
	BodyTransfer transfer();

	/**
	 * Returns what takes the uploads of this exchange when they are full.
	 * @return the hand-over, or {@code null} if an event is published
	 */
	default @Nullable HandOver handOver() {
		return null;
	}

	/**
	 * Returns the client as the engine knows it. To be called while the request is being
	 * handled: its identity may be gone when its body comes.
	 * @return the client
	 */
	default UploadClient client() {
		HandOver handOver = handOver();
		return new UploadClient(principal(), (handOver != null) ? handOver.endpoint() : null,
				(handOver != null) ? handOver.endpointPattern() : null, remoteAddress(), user());
	}

}
