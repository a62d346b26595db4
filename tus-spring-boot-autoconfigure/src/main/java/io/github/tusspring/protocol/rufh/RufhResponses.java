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

package io.github.tusspring.protocol.rufh;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.DigestMismatchException;
import io.github.tusspring.upload.InconsistentLengthException;
import io.github.tusspring.upload.OffsetMismatchException;
import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadGoneException;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadTooLargeException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * What the server answers to clients of one version: the outcome of an operation as a
 * status and headers. Immutable.
 *
 * @param version the version
 * @param limits what uploads are limited by
 */
public record RufhResponses(InteropVersion version, RufhLimits limits) {

	/** The status of the interim answer that says where to go on (section 104). */
	public static final int UPLOAD_RESUMPTION_SUPPORTED = 104;

	private static final String TRY_AGAIN = "1";

	private static final String TRY_LATER = "60";

	/**
	 * Returns the headers of the interim answer to a creation.
	 * @param upload the new upload
	 * @param location the upload's URL
	 * @return headers
	 */
	public Map<String, String> announced(Upload upload, String location) {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("Location", location);
		if (this.version.hasLimits()) {
			headers.put(RufhHeaders.UPLOAD_LIMIT, limit(upload));
		}
		headers.put(RufhHeaders.INTEROP_VERSION, Integer.toString(this.version.number()));
		return headers;
	}

	/**
	 * Returns the headers of an interim answer while bytes come.
	 * @param offset how many bytes are durable
	 * @return headers
	 */
	public Map<String, String> progressed(long offset) {
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put(RufhHeaders.UPLOAD_OFFSET, Long.toString(offset));
		headers.put(RufhHeaders.INTEROP_VERSION, Integer.toString(this.version.number()));
		return headers;
	}

	/**
	 * Returns the answer to a creation or an append after which there is more to come.
	 * @param upload the upload
	 * @param location the upload's URL if it was created, or {@code null}
	 * @return the answer
	 */
	public RufhResponse continued(Upload upload, @Nullable String location) {
		Map<String, String> headers = state(upload, false);
		if (location != null) {
			headers.put("Location", location);
		}
		boolean created = location != null || this.version.hasFixedStatuses();
		return new RufhResponse(created ? 201 : 204, headers, RufhResponse.NO_BODY);
	}

	/**
	 * Returns the answer to the request that has completed an upload, or to one that asks
	 * for that answer again: the target's own.
	 * @param upload the upload
	 * @param location the upload's URL if it was created by this request, or {@code null}
	 * @return the answer
	 */
	public RufhResponse completed(Upload upload, @Nullable String location) {
		Map<String, String> headers = new LinkedCaseInsensitiveMap<>();
		UploadAnswer answer = upload.answer();
		byte[] body = RufhResponse.NO_BODY;
		int status = 0;
		if (answer != null) {
			headers.putAll(answer.headers());
			body = answer.body();
			status = answer.status();
		}
		if (location != null && (this.version.hasFixedStatuses() || !headers.containsKey("Location"))) {
			headers.put("Location", location);
		}
		headers.putAll(state(upload, true));
		status = (status == 0) ? (body.length > 0) ? 200 : 204 : status(status);
		if (status == 204 || status == 205) {
			headers.remove("Content-Type");
			body = RufhResponse.NO_BODY;
		}
		return new RufhResponse(status, headers, body);
	}

	/**
	 * Returns the status of an answer of the target's own as a client may hear it.
	 * @param status the target's status
	 * @return the status
	 */
	public int status(int status) {
		// There, 201 says that there is more to come.
		return (status == 201 && this.version.hasFixedStatuses()) ? 200 : status;
	}

	/**
	 * Returns what any answer of the target's own says in addition to the target's words.
	 * @return headers
	 */
	public Map<String, String> marked() {
		return this.version.marksAnswersOfTheTarget() ? completeness(true) : Map.of();
	}

	/**
	 * Returns what an answer of the target's own says in addition if the upload goes on,
	 * since the target has neither taken nor refused it.
	 * @param upload the upload
	 * @return headers
	 */
	public Map<String, String> unsettled(Upload upload) {
		if (!this.version.hasFixedStatuses()) {
			return marked();
		}
		Map<String, String> headers = new LinkedHashMap<>(completeness(false));
		headers.put(RufhHeaders.UPLOAD_OFFSET, Long.toString(upload.offset()));
		return headers;
	}

	/**
	 * Returns the answer to a look at an upload.
	 * @param upload the upload
	 * @param digest the digest that the client would like to hear, or {@code null}
	 * @return the answer
	 */
	public RufhResponse inspected(Upload upload, @Nullable Checksum digest) {
		boolean complete = upload.state() == UploadState.COMPLETED;
		Map<String, String> headers = state(upload, complete);
		if (!complete && this.version.isCompleteByLength() && upload.length() != null
				&& upload.length() == upload.offset()) {
			// Its client would never send the request that completes it.
			headers.remove(RufhHeaders.UPLOAD_LENGTH);
		}
		if (digest != null) {
			headers.put(RufhHeaders.REPR_DIGEST, DigestFields.write(digest));
		}
		return new RufhResponse(204, headers, RufhResponse.NO_BODY);
	}

	/**
	 * Returns the answer to a cancellation.
	 * @return the answer
	 */
	public RufhResponse cancelled() {
		return new RufhResponse(204, Map.of(), RufhResponse.NO_BODY);
	}

	private Map<String, String> state(Upload upload, boolean complete) {
		Map<String, String> headers = new LinkedHashMap<>(completeness(complete));
		headers.put(RufhHeaders.UPLOAD_OFFSET, Long.toString(upload.offset()));
		if (this.version.hasLength() && upload.length() != null) {
			headers.put(RufhHeaders.UPLOAD_LENGTH, upload.length().toString());
		}
		if (this.version.hasLimits()) {
			headers.put(RufhHeaders.UPLOAD_LIMIT, limit(upload));
		}
		return headers;
	}

	private Map<String, String> completeness(boolean complete) {
		return Map.of(this.version.completenessHeader(), this.version.completeness(complete));
	}

	private String limit(Upload upload) {
		return this.limits.header(this.version, upload.expires(), Instant.now());
	}

	/**
	 * Returns the answer to an append to an upload that is complete, where the version
	 * doesn't allow any. A browser repeats a request whose answer was lost by itself, at
	 * the offset at which it began, and its page goes on only if it hears of the true
	 * one: so that is what it hears, in version 6 too.
	 * @param upload the upload
	 * @param offset the offset that the request names
	 * @param page whether a page in a browser has sent it
	 * @return the answer, or {@code null} if the append is to be looked at
	 */
	public @Nullable RufhResponse completedBefore(Upload upload, long offset, boolean page) {
		if (upload.state() != UploadState.COMPLETED || !this.version.refusesAppendsToComplete()) {
			return null;
		}
		boolean elsewhere = offset != upload.offset() && (page || this.version.namesOffsetOfComplete());
		return elsewhere ? null : refusal(400, Problem.completedUpload(), upload, false);
	}

	/**
	 * Returns the answer to a request that was refused or has failed.
	 * @param ex what went wrong
	 * @param upload the upload as far as it is known, or {@code null}
	 * @param offset the offset that the request named, or {@code null}
	 * @return the answer
	 */
	public RufhResponse failed(RuntimeException ex, @Nullable Upload upload, @Nullable Long offset) {
		if (ex instanceof RufhException refusal) {
			return refusal(refusal.status(), refusal.problem(), upload, true);
		}
		if (ex instanceof OffsetMismatchException mismatch) {
			RufhResponse refusal = refusal(409, Problem.mismatchingOffset(mismatch.offset(), offset), upload, false);
			if (upload != null) {
				refusal.headers().putAll(state(upload, false));
			}
			refusal.headers().put(RufhHeaders.UPLOAD_OFFSET, Long.toString(mismatch.offset()));
			return refusal;
		}
		if (ex instanceof InconsistentLengthException) {
			return refusal(400, Problem.inconsistentLength(), upload, false);
		}
		if (ex instanceof DigestMismatchException) {
			return refusal(400, Problem.of(message(ex)), null, false);
		}
		if (ex instanceof UploadRejectedException rejection) {
			return rejected(rejection);
		}
		if (ex instanceof UploadNotFoundException || ex instanceof UploadGoneException) {
			return refusal(status(ex), Problem.of(message(ex)), null, false);
		}
		RufhResponse refusal = refusal(status(ex), Problem.of(message(ex)), upload,
				ex instanceof UploadTooLargeException);
		if (refusal.status() == 423 || refusal.status() == 503) {
			refusal.headers().put("Retry-After", TRY_AGAIN);
		}
		if (refusal.status() == 429) {
			refusal.headers().put("Retry-After", TRY_LATER);
		}
		return refusal;
	}

	private static String message(RuntimeException ex) {
		if (RefusalReason.of(ex) == RefusalReason.STORAGE) {
			// The cause is for the log.
			return "The storage can't be used now";
		}
		return (ex instanceof UploadException && ex.getMessage() != null) ? ex.getMessage()
				: "The server failed to do that";
	}

	private int status(RuntimeException ex) {
		if (ex instanceof UploadDeliveryException failure) {
			return failure.isStorageAway() ? 503 : 500;
		}
		return switch (RefusalReason.of(ex)) {
			case INVALID, CHECKSUM -> 400;
			case FORBIDDEN -> 403;
			case NOT_FOUND -> 404;
			case OFFSET, EXISTS -> 409;
			case GONE -> this.version.hasFixedStatuses() ? 404 : 410;
			case TOO_LARGE -> 413;
			case REJECTED -> ((UploadRejectedException) ex).status();
			case LOCKED, TAKEN_OVER -> 423;
			case TOO_MANY -> (ex instanceof UploadLockedException) ? 423 : 429;
			// What is none of the protocol's refusals is a failure of the server.
			case PROTOCOL, STORAGE -> 503;
			case NO_SPACE -> 507;
		};
	}

	/**
	 * Returns the answer where the target has refused an upload.
	 * @param rejection the refusal
	 * @return the answer
	 */
	public RufhResponse rejected(UploadRejectedException rejection) {
		Map<String, String> headers = new LinkedHashMap<>(marked());
		headers.put("Content-Type", "text/plain;charset=UTF-8");
		return new RufhResponse(rejection.status(), headers,
				String.valueOf(rejection.getMessage()).getBytes(StandardCharsets.UTF_8));
	}

	private RufhResponse refusal(int status, Problem problem, @Nullable Upload upload, boolean limited) {
		Map<String, String> headers = new LinkedHashMap<>(completeness(false));
		if (status == 405) {
			headers.put("Allow", "OPTIONS, HEAD, GET, PATCH, DELETE");
		}
		if (status == 415) {
			headers.put("Accept-Patch", RufhProtocol.CONTENT_TYPE);
		}
		if (upload != null && this.version.hasFixedStatuses() && upload.state() != UploadState.COMPLETED) {
			headers.put(RufhHeaders.UPLOAD_OFFSET, Long.toString(upload.offset()));
		}
		if (this.version.hasLimits() && limited) {
			headers.put(RufhHeaders.UPLOAD_LIMIT, (upload != null) ? limit(upload) : this.limits.header(this.version));
		}
		if (!this.version.hasProblems()) {
			headers.put("Content-Type", "text/plain;charset=UTF-8");
			return new RufhResponse(status, headers, problem.title().getBytes(StandardCharsets.UTF_8));
		}
		headers.put("Content-Type", Problem.CONTENT_TYPE);
		return new RufhResponse(status, headers, problem.json(status));
	}

}
