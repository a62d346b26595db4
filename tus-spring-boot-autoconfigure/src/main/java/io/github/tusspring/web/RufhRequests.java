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

import java.util.function.UnaryOperator;

import io.github.tusspring.protocol.rufh.RufhProtocol;
import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorageException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Tells the requests of Resumable Uploads for HTTP from those of tus and of the
 * application. Thread-safe.
 *
 * @param protocol reads requests
 * @param service finds uploads
 */
record RufhRequests(RufhProtocol protocol, UploadService service) {

	/**
	 * Whether a request to tus's own path is one of this protocol's. One that names tus
	 * never is, one that names this protocol always, and of those that name neither the
	 * ones to an upload that was created in this protocol. Who may not know of that one
	 * is answered as if it weren't there.
	 */
	boolean takes(UploadExchange exchange) {
		String method = exchange.method();
		if (isOfOthers(method, exchange::header)) {
			return false;
		}
		if (exchange.target().isEmpty()) {
			return this.protocol.isCreation(method, exchange::header);
		}
		if (this.protocol.isNamed(exchange::header)) {
			return true;
		}
		try {
			Upload upload = exchange.lookup().find(this.service);
			return upload != null && upload.draft() > 0 && exchange.client().withDraft().mayReach(upload);
		}
		catch (UploadStorageException | UploadUnavailableException ex) {
			return isNamed(exchange::header);
		}
	}

	/**
	 * Whether a request that doesn't say so itself asks for one of this protocol's
	 * uploads at an endpoint of the application's own. What is no upload of the
	 * endpoint's is the application's.
	 * @param method the request's method
	 * @param endpoint the endpoint's path
	 * @param lookup what follows it in the request's path
	 * @param headers gives the value of a request header or {@code null}
	 */
	boolean finds(String method, String endpoint, UploadLookup lookup, UnaryOperator<@Nullable String> headers) {
		if (isOfOthers(method, headers) || !isOfUploads(method, headers)) {
			return false;
		}
		try {
			Upload upload = lookup.find(this.service);
			return upload != null && upload.draft() > 0 && endpoint.equals(upload.endpoint());
		}
		catch (UploadStorageException | UploadUnavailableException ex) {
			// The application's own requests don't depend on the storage.
			return false;
		}
	}

	/**
	 * Whether a request to an endpoint of the application's own says itself that it is
	 * one of this protocol's. Looks at no upload.
	 * @param method the request's method
	 * @param target what follows the endpoint's path
	 * @param headers gives the value of a request header or {@code null}
	 */
	boolean isNamed(String method, String target, UnaryOperator<@Nullable String> headers) {
		if (isOfOthers(method, headers)) {
			return false;
		}
		if (target.isEmpty()) {
			return isCreationAtEndpoint(method, headers);
		}
		return switch (TusProtocol.method(method, headers)) {
			case "HEAD", "DELETE" -> isNamed(headers);
			// Some clients announce the protocol in any request that has content.
			case "PATCH" -> this.protocol.isAppend(headers);
			default -> false;
		};
	}

	private static boolean isOfOthers(String method, UnaryOperator<@Nullable String> headers) {
		return headers.apply(TusHeaders.TUS_RESUMABLE) != null || method.equals("OPTIONS");
	}

	/**
	 * Whether a request to an endpoint asks for an upload. One of an unknown version that
	 * brings everything is an ordinary request there.
	 */
	private boolean isCreationAtEndpoint(String method, UnaryOperator<@Nullable String> headers) {
		return this.protocol.isCreation(method, headers)
				&& (this.protocol.isSpoken(headers) || !this.protocol.isWhole(headers));
	}

	private boolean isNamed(UnaryOperator<@Nullable String> headers) {
		return this.protocol.isNamed(headers) || this.protocol.offset(headers) != null;
	}

	/**
	 * Whether this protocol has a method for uploads. All others are the application's
	 * own, at whose endpoint most requests have nothing to do with uploads.
	 */
	private static boolean isOfUploads(String method, UnaryOperator<@Nullable String> headers) {
		return switch (TusProtocol.method(method, headers)) {
			case "HEAD", "PATCH", "DELETE" -> true;
			default -> false;
		};
	}

	/**
	 * Whether a client asks for the content of an upload of its own that is complete.
	 */
	boolean isContentOf(UploadExchange exchange) {
		Upload upload = exchange.method().equals("GET") ? exchange.lookup().find(this.service) : null;
		return upload != null && upload.state() == UploadState.COMPLETED
				&& exchange.client().withDraft().mayReach(upload);
	}

}
