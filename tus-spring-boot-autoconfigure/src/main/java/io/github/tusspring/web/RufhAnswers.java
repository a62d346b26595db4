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

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.tusspring.protocol.rufh.RufhResponse;
import io.github.tusspring.protocol.rufh.RufhResponses;
import io.github.tusspring.upload.DigestMismatchException;
import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadStorageException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the answers to one request of Resumable Uploads for HTTP, each with what every
 * answer has.
 *
 * @param responses says what the protocol wants
 * @param upload the upload as it is known, or {@code null} if none is, or one that is
 * going to be removed
 * @param location the URL of an upload that the request creates, or {@code null}
 * @param offset the offset that the request names, or {@code null}
 * @param refusals has refusals seen
 */
record RufhAnswers(RufhResponses responses, @Nullable Upload upload, @Nullable String location, @Nullable Long offset,
		Refusals refusals) implements HandOverAnswers {

	private static final Log logger = LogFactory.getLog(RufhAnswers.class);

	static ExchangeAnswer of(RufhResponse response) {
		return new ExchangeAnswer(response.status(), complete(response.headers()), response.body());
	}

	RufhAnswers of(RufhResponses responses, Upload upload) {
		return new RufhAnswers(responses, upload, this.location, this.offset, this.refusals);
	}

	/**
	 * Returns the answers for after an append, with the offset to which it has come.
	 */
	RufhAnswers at(long offset) {
		return (this.upload != null) ? of(this.responses, this.upload.withOffset(offset)) : this;
	}

	ExchangeAnswer continued(Upload upload) {
		return of(this.responses.continued(upload, this.location));
	}

	@Override
	public ExchangeAnswer taken(Upload upload) {
		return of(this.responses.completed(upload, this.location));
	}

	@Override
	public ExchangeAnswer failed(RuntimeException ex) {
		RuntimeException known = known(ex);
		return this.refusals.observed(answer(known), RefusalReason.of(known));
	}

	private RuntimeException known(RuntimeException ex) {
		UploadException refusal = this.refusals.foreign().apply(ex);
		return (refusal != null) ? refusal : ex;
	}

	private ExchangeAnswer answer(RuntimeException ex) {
		boolean ours = ex instanceof UploadStorageException || !(ex instanceof UploadException);
		ExchangeAnswer answer = of(this.responses.failed(ex, this.upload, this.offset));
		if (ours && answer.status() >= 500) {
			logger.error(ex.getMessage(), ex);
		}
		return answer;
	}

	/**
	 * Returns the answer to a look at an upload that failed: the client is asked to look
	 * again.
	 */
	ExchangeAnswer inspectionFailed(RuntimeException ex) {
		RuntimeException known = known(ex);
		ExchangeAnswer answer = answer(known);
		return this.refusals.observed(
				(answer.status() >= 500) ? new ExchangeAnswer(423, answer.headers(), answer.body()) : answer,
				RefusalReason.of(known));
	}

	/**
	 * Returns the answer to a body that could not be taken to its end. What passes by
	 * itself is a closed connection: clients go on after that, and not after a status of
	 * the 5xx family.
	 */
	ExchangeAnswer bodyFailed(Throwable cause) {
		Throwable ex = this.refusals.known(cause);
		if (ex instanceof UploadUnavailableException) {
			// What is wrong is in the log already.
			return ExchangeAnswer.CLOSE;
		}
		if (ex instanceof UploadStorageException || !(ex instanceof UploadException failure)) {
			logger.error(ex.getMessage(), ex);
			return ExchangeAnswer.CLOSE;
		}
		ExchangeAnswer answer = answer(failure);
		return (answer.status() == 423) ? ExchangeAnswer.CLOSE
				: this.refusals.observed(answer, RefusalReason.of(failure));
	}

	/**
	 * Whether the upload is finished as far as the client is concerned, for good or ill.
	 */
	static boolean isOfTheTarget(Throwable ex) {
		return ex instanceof UploadDeliveryException
				|| (ex instanceof UploadRejectedException && !(ex instanceof DigestMismatchException));
	}

	@Override
	public Map<String, String> headers() {
		return complete(this.responses.marked());
	}

	@Override
	public Map<String, String> headers(Upload upload) {
		return complete(this.responses.unsettled(upload));
	}

	@Override
	public boolean redirects() {
		return !this.responses.marked().isEmpty();
	}

	private static Map<String, String> complete(Map<String, String> headers) {
		Map<String, String> all = new LinkedHashMap<>(headers);
		all.put("Cache-Control", "no-store");
		all.put("X-Content-Type-Options", "nosniff");
		return all;
	}

}
