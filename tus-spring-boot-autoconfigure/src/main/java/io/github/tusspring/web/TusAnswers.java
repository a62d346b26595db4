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

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.tusspring.protocol.tus.TusException;
import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.protocol.tus.TusResponses;
import io.github.tusspring.upload.StopReason;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadStorageException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes answers, each with what every tus answer has.
 */
final class TusAnswers {

	private static final Log logger = LogFactory.getLog(TusAnswers.class);

	private static final Map<String, String> TRY_AGAIN = Map.of("Retry-After", "1");

	private static final String UNAVAILABLE = "The storage can't be used now";

	private TusAnswers() {
	}

	/**
	 * Returns the headers of every answer.
	 */
	static Map<String, String> headers() {
		return complete(Map.of());
	}

	static ExchangeAnswer of(int status, Map<String, String> headers) {
		return new ExchangeAnswer(status, complete(headers), ExchangeAnswer.NO_BODY);
	}

	static ExchangeAnswer created(Upload upload, String location) {
		return new ExchangeAnswer(201, complete(TusResponses.created(upload, location)), body(upload));
	}

	static ExchangeAnswer appended(Upload upload) {
		int status = TusResponses.appendedStatus(upload);
		Map<String, String> headers = complete(TusResponses.appended(upload));
		if (status == 204 || status == 205) {
			headers.remove("Content-Type");
			return new ExchangeAnswer(status, headers, ExchangeAnswer.NO_BODY);
		}
		return new ExchangeAnswer(status, headers, body(upload));
	}

	private static byte[] body(Upload upload) {
		return (upload.answer() != null) ? upload.answer().body() : ExchangeAnswer.NO_BODY;
	}

	static ExchangeAnswer download(Upload upload) {
		Map<String, String> headers = DownloadHeaders.of(upload);
		headers.put(TusHeaders.TUS_RESUMABLE, TusProtocol.VERSION);
		// A cache on the way may have made it from a HEAD, and passes the headers on.
		headers.put(TusHeaders.UPLOAD_OFFSET, String.valueOf(upload.offset()));
		headers.put(TusHeaders.UPLOAD_LENGTH, String.valueOf(upload.offset()));
		return new ExchangeAnswer(200, headers, ExchangeAnswer.NO_BODY);
	}

	/**
	 * Returns the answer of an append that was ended.
	 * @return the answer, or {@code null} to close the connection: any answer of the 4xx
	 * family would make the client of a connection that stalled give up
	 */
	static @Nullable ExchangeAnswer stopped(StopReason reason) {
		return switch (reason) {
			case TAKEN_OVER -> error(423, TRY_AGAIN, "A newer request has taken over");
			case LOCK_LOST -> error(503, TRY_AGAIN, "The upload's lock could not be kept");
			case SHUTDOWN -> error(503, TRY_AGAIN, "The server is shutting down");
			case IDLE, TOO_SLOW -> null;
		};
	}

	static ExchangeAnswer failed(Throwable ex) {
		if (ex instanceof TusException failure) {
			return error(failure.status(), failure.headers(), ex.getMessage());
		}
		if (ex instanceof UploadUnavailableException failure) {
			// What is wrong concerns the log, which has it already.
			return error(TusResponses.status(failure), TusResponses.headers(failure), UNAVAILABLE);
		}
		if (ex instanceof UploadException failure && !(ex instanceof UploadStorageException)
				&& !(ex instanceof UploadDeliveryException)) {
			return error(TusResponses.status(failure), TusResponses.headers(failure), ex.getMessage());
		}
		if (!(ex instanceof UploadDeliveryException)) {
			logger.error(ex.getMessage(), ex);
		}
		if (ex instanceof UploadStorageException
				|| (ex instanceof UploadDeliveryException failure && failure.isStorageAway())) {
			return error(503, TRY_AGAIN, UNAVAILABLE);
		}
		return error(500, Map.of(), "The server failed to do that");
	}

	/**
	 * Returns the answer to a look at an upload that failed. A client begins a new upload
	 * when it hears of a failure of the server's, so it is asked to look again.
	 */
	static ExchangeAnswer inspectionFailed(Throwable ex) {
		ExchangeAnswer answer = failed(ex);
		return (answer.status() >= 500) ? error(423, TRY_AGAIN, "The upload can't be read now") : answer;
	}

	private static ExchangeAnswer error(int status, Map<String, String> headers, @Nullable String message) {
		Map<String, String> all = complete(headers);
		all.put("Content-Type", "text/plain;charset=UTF-8");
		return new ExchangeAnswer(status, all, String.valueOf(message).getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Adds what each answer has to say.
	 */
	static Map<String, String> complete(Map<String, String> headers) {
		Map<String, String> all = new LinkedHashMap<>(headers);
		all.put(TusHeaders.TUS_RESUMABLE, TusProtocol.VERSION);
		all.put("Cache-Control", "no-store");
		all.put("X-Content-Type-Options", "nosniff");
		return all;
	}

}
