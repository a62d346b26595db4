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

package io.github.tusspring.protocol.tus;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.OffsetMismatchException;
import io.github.tusspring.upload.QuotaExceededException;
import io.github.tusspring.upload.TooManyDownloadsException;
import io.github.tusspring.upload.TooManyUploadsException;
import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * What the server answers: the outcome of an operation as a status and headers.
 */
public final class TusResponses {

	/**
	 * The status of a checksum that does not match, which HTTP doesn't know.
	 */
	public static final int CHECKSUM_MISMATCH = 460;

	/**
	 * The format of a date in a header (RFC 9110, section 5.6.7).
	 */
	private static final DateTimeFormatter DATE = DateTimeFormatter
		.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
		.withZone(ZoneOffset.UTC);

	/**
	 * Dates that were formatted last, each at a place that its second says: an upload
	 * tells its own in each answer, and formatting it costs as much as a look at a file.
	 */
	private static final FormattedDate[] dates = new FormattedDate[256];

	private TusResponses() {
	}

	/**
	 * Returns what the answer to a creation says.
	 * @param upload the upload after the creation
	 * @param location the upload's URL
	 * @return headers
	 */
	public static Map<String, String> created(Upload upload, String location) {
		Map<String, String> headers = appended(upload);
		headers.put("Location", location);
		return headers;
	}

	/**
	 * Returns what the answer to an append says.
	 * @param upload the upload after the append
	 * @return headers
	 */
	public static Map<String, String> appended(Upload upload) {
		Map<String, String> headers = new LinkedHashMap<>();
		if (upload.answer() != null) {
			headers.putAll(upload.answer().headers());
		}
		headers.put(TusHeaders.UPLOAD_OFFSET, Long.toString(upload.offset()));
		putExpires(headers, upload.expires());
		return headers;
	}

	/**
	 * Returns the status of the answer to an append.
	 * @param upload the upload after the append
	 * @return 204, or 200 if there is a body, or what the application has chosen
	 */
	public static int appendedStatus(Upload upload) {
		UploadAnswer answer = upload.answer();
		if (answer == null) {
			return 204;
		}
		if (answer.status() != 0) {
			return answer.status();
		}
		return (answer.body().length > 0) ? 200 : 204;
	}

	/**
	 * Returns what the answer to a look at an upload says.
	 * @param upload the upload
	 * @return headers
	 */
	public static Map<String, String> inspected(Upload upload) {
		Map<String, String> headers = new LinkedHashMap<>();
		if (!upload.isFinal() || upload.state() == UploadState.COMPLETED) {
			headers.put(TusHeaders.UPLOAD_OFFSET, Long.toString(upload.offset()));
		}
		if (upload.length() != null) {
			headers.put(TusHeaders.UPLOAD_LENGTH, upload.length().toString());
		}
		else if (!upload.isFinal()) {
			headers.put(TusHeaders.UPLOAD_DEFER_LENGTH, "1");
		}
		if (!upload.metadata().header().isEmpty()) {
			headers.put(TusHeaders.UPLOAD_METADATA, upload.metadata().header());
		}
		if (upload.concatenation() instanceof Concatenation.Partial) {
			headers.put(TusHeaders.UPLOAD_CONCAT, "partial");
		}
		else if (upload.concatenation() instanceof Concatenation.Final concatenation) {
			headers.put(TusHeaders.UPLOAD_CONCAT, "final;" + concatenation.urls());
		}
		putExpires(headers, upload.expires());
		return headers;
	}

	private static void putExpires(Map<String, String> headers, @Nullable Instant expires) {
		if (expires != null) {
			headers.put(TusHeaders.UPLOAD_EXPIRES, date(expires));
		}
	}

	private static String date(Instant instant) {
		long second = instant.getEpochSecond();
		int place = Math.floorMod(second, dates.length);
		FormattedDate date = dates[place];
		if (date == null || date.second != second) {
			date = new FormattedDate(second, DATE.format(instant));
			dates[place] = date;
		}
		return date.text;
	}

	/**
	 * Returns the status of the answer to an operation that failed.
	 * @param ex what went wrong
	 * @return the status
	 */
	public static int status(UploadException ex) {
		if (ex instanceof UploadDeliveryException) {
			return 500;
		}
		return switch (RefusalReason.of(ex)) {
			case PROTOCOL, INVALID -> 400;
			case FORBIDDEN -> 403;
			case NOT_FOUND -> 404;
			case OFFSET, EXISTS -> 409;
			case GONE -> 410;
			case TOO_LARGE -> 413;
			case REJECTED -> ((UploadRejectedException) ex).status();
			case LOCKED, TAKEN_OVER -> 423;
			case TOO_MANY -> (ex instanceof UploadLockedException) ? 423 : 429;
			case CHECKSUM -> CHECKSUM_MISMATCH;
			case STORAGE -> (ex instanceof UploadUnavailableException) ? 503 : 500;
			case NO_SPACE -> 507;
		};
	}

	/**
	 * Returns what else the answer to an operation that failed says.
	 * @param ex what went wrong
	 * @return headers
	 */
	public static Map<String, String> headers(UploadException ex) {
		if (ex instanceof OffsetMismatchException mismatch) {
			Map<String, String> headers = new LinkedHashMap<>();
			headers.put(TusHeaders.UPLOAD_OFFSET, Long.toString(mismatch.offset()));
			putExpires(headers, mismatch.expires());
			return headers;
		}
		if (ex instanceof TooManyUploadsException || ex instanceof QuotaExceededException) {
			return Map.of("Retry-After", "60");
		}
		if (ex instanceof UploadUnavailableException || ex instanceof TooManyDownloadsException) {
			return Map.of("Retry-After", "5");
		}
		return (ex instanceof UploadLockedException) ? Map.of("Retry-After", "1") : Map.of();
	}

	private record FormattedDate(long second, String text) {
	}

}
