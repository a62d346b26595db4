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

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.ChecksumAlgorithm;
import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

/**
 * tus 1.0.0: reads what a request asks for. Thread-safe.
 */
public final class TusProtocol {

	/** The version that is spoken. */
	public static final String VERSION = "1.0.0";

	/** The type of a body that is to be appended. */
	public static final String CONTENT_TYPE = "application/offset+octet-stream";

	private static final Set<String> OVERRIDES = Set.of("PATCH", "DELETE", "HEAD");

	private final @Nullable Long maxSize;

	private final boolean expiration;

	private final boolean trailers;

	private final boolean download;

	private final boolean unfinishedParts;

	/**
	 * Creates the protocol as one server speaks it.
	 * @param maxSize the longest upload in bytes, or {@code null} for any
	 * @param expiration whether uploads expire
	 * @param trailers whether the server gets to see trailers
	 * @param download whether uploads can be downloaded
	 */
	public TusProtocol(@Nullable Long maxSize, boolean expiration, boolean trailers, boolean download) {
		this(maxSize, expiration, trailers, download, true);
	}

	private TusProtocol(@Nullable Long maxSize, boolean expiration, boolean trailers, boolean download,
			boolean unfinishedParts) {
		this.maxSize = maxSize;
		this.expiration = expiration;
		this.trailers = trailers;
		this.download = download;
		this.unfinishedParts = unfinishedParts;
	}

	/**
	 * Returns the protocol as it is spoken where full uploads are handed over in their
	 * clients' requests: a final upload can't wait for its parts, and nothing can be
	 * downloaded.
	 * @param maxSize the longest upload in bytes, or {@code null} for any
	 * @param expiration whether uploads expire
	 * @return the protocol there
	 */
	public TusProtocol forHandOver(@Nullable Long maxSize, boolean expiration) {
		return new TusProtocol(maxSize, expiration, this.trailers, false, false);
	}

	/**
	 * Returns whether uploads can be downloaded.
	 * @return {@code true} if they can
	 */
	public boolean hasDownloads() {
		return this.download;
	}

	/**
	 * Returns the method that a request stands for. Only a POST can stand for another,
	 * and only for one that changes or inspects an upload: whoever guards the application
	 * sees the request's own method, and lets an OPTIONS or a GET pass that it would stop
	 * as a POST. tus 1.0.0, section X-HTTP-Method-Override, names no such limit.
	 * @param method the request's own method
	 * @param headers gives the value of a request header or {@code null}
	 * @return the method
	 */
	public static String method(String method, UnaryOperator<@Nullable String> headers) {
		String override = method.equals("POST") ? headers.apply(TusHeaders.METHOD_OVERRIDE) : null;
		String wanted = (override != null) ? override.strip().toUpperCase(Locale.ROOT) : method;
		return OVERRIDES.contains(wanted) ? wanted : method;
	}

	/**
	 * Reads a request.
	 * @param method the method as {@link #method} gives it
	 * @param upload whether it is sent to an upload's URL rather than to the creation URL
	 * @param contentLength the length of the body in bytes, or -1 if that is not known
	 * @param headers gives the value of a request header or {@code null}
	 * @param location returns the URL of an upload as it is in {@code Location}
	 * @return what the request asks for
	 * @throws TusException if the protocol does not allow it
	 */
	public TusOperation read(String method, boolean upload, long contentLength, UnaryOperator<@Nullable String> headers,
			Function<UploadId, String> location) {
		if (method.equals("OPTIONS")) {
			return new TusOperation.Options();
		}
		if (upload && this.download && method.equals("GET")) {
			return new TusOperation.Download();
		}
		if (!VERSION.equals(headers.apply(TusHeaders.TUS_RESUMABLE))) {
			throw new TusException(412, TusHeaders.TUS_RESUMABLE + " must be " + VERSION,
					Map.of(TusHeaders.TUS_VERSION, VERSION));
		}
		if (!upload) {
			if (method.equals("POST")) {
				return create(contentLength, headers, location);
			}
			throw notAllowed(false);
		}
		return switch (method) {
			// A cache on the way may turn a HEAD into a GET: a client that was refused
			// then would begin the whole upload again.
			case "HEAD", "GET" -> new TusOperation.Inspect();
			case "PATCH" -> append(contentLength, headers);
			case "DELETE" -> new TusOperation.Terminate();
			default -> throw notAllowed(true);
		};
	}

	private TusException notAllowed(boolean upload) {
		return new TusException(405, "The method is not allowed here", Map.of("Allow", allow(upload)));
	}

	/**
	 * Returns the methods that can be used.
	 * @param upload whether on an upload's URL rather than on the creation URL
	 * @return the value of an {@code Allow} header
	 */
	public String allow(boolean upload) {
		if (!upload) {
			return "OPTIONS, POST";
		}
		return this.download ? "OPTIONS, HEAD, PATCH, DELETE, GET" : "OPTIONS, HEAD, PATCH, DELETE";
	}

	private TusOperation create(long contentLength, UnaryOperator<@Nullable String> headers,
			Function<UploadId, String> location) {
		Concatenation concatenation = RequestHeaders.concatenation(headers.apply(TusHeaders.UPLOAD_CONCAT), location);
		Long length = RequestHeaders.size(TusHeaders.UPLOAD_LENGTH, headers.apply(TusHeaders.UPLOAD_LENGTH));
		String deferred = headers.apply(TusHeaders.UPLOAD_DEFER_LENGTH);
		if (deferred != null && !deferred.equals("1")) {
			throw new TusException(400, TusHeaders.UPLOAD_DEFER_LENGTH + " must be 1");
		}
		boolean concatenated = concatenation instanceof Concatenation.Final;
		if (concatenated ? length != null || deferred != null : (length != null) == (deferred != null)) {
			throw new TusException(400, concatenated ? "The length of a final upload must not be declared"
					: "Either Upload-Length or Upload-Defer-Length: 1 must be sent");
		}
		boolean body = contentLength != 0 && !concatenated && isContentType(headers.apply("Content-Type"));
		return new TusOperation.Create(length, RequestHeaders.metadata(headers.apply(TusHeaders.UPLOAD_METADATA)),
				concatenation, body ? body(0, contentLength, null, headers) : null);
	}

	private TusOperation append(long contentLength, UnaryOperator<@Nullable String> headers) {
		if (!isContentType(headers.apply("Content-Type"))) {
			throw new TusException(415, "The Content-Type must be " + CONTENT_TYPE);
		}
		Long offset = RequestHeaders.size(TusHeaders.UPLOAD_OFFSET, headers.apply(TusHeaders.UPLOAD_OFFSET));
		if (offset == null) {
			throw new TusException(400, TusHeaders.UPLOAD_OFFSET + " must be sent");
		}
		Long length = RequestHeaders.size(TusHeaders.UPLOAD_LENGTH, headers.apply(TusHeaders.UPLOAD_LENGTH));
		return new TusOperation.Append(body(offset, contentLength, length, headers));
	}

	/**
	 * Reads the checksum that follows a body.
	 * @param trailers gives the value of a trailer or {@code null}
	 * @return the checksum, or {@code null} if there is none
	 * @throws TusException if it is malformed
	 */
	public static @Nullable Checksum trailer(UnaryOperator<@Nullable String> trailers) {
		String value = trailers.apply(TusHeaders.UPLOAD_CHECKSUM);
		return (value != null) ? RequestHeaders.checksum(value) : null;
	}

	private AppendRequest body(long offset, long contentLength, @Nullable Long length,
			UnaryOperator<@Nullable String> headers) {
		String value = headers.apply(TusHeaders.UPLOAD_CHECKSUM);
		Checksum checksum = (value != null) ? RequestHeaders.checksum(value) : null;
		return new AppendRequest(offset, contentLength, length, checksum,
				checksum == null && isChecksumToFollow(headers));
	}

	private boolean isChecksumToFollow(UnaryOperator<@Nullable String> headers) {
		String trailer = headers.apply("Trailer");
		return trailer != null && this.trailers
				&& Arrays.stream(trailer.split(","))
					.map(String::strip)
					.anyMatch(TusHeaders.UPLOAD_CHECKSUM::equalsIgnoreCase);
	}

	private static boolean isContentType(@Nullable String value) {
		if (value == null) {
			return false;
		}
		int parameters = value.indexOf(';');
		return ((parameters < 0) ? value : value.substring(0, parameters)).strip().equalsIgnoreCase(CONTENT_TYPE);
	}

	/**
	 * Returns the headers that say what the server can do.
	 * @param upload whether on an upload's URL rather than on the creation URL
	 * @return headers of the answer to OPTIONS
	 */
	public Map<String, String> capabilities(boolean upload) {
		StringJoiner extensions = new StringJoiner(",");
		extensions.add("creation").add("creation-with-upload").add("creation-defer-length");
		if (this.expiration) {
			extensions.add("expiration");
		}
		extensions.add("checksum");
		if (this.trailers) {
			extensions.add("checksum-trailer");
		}
		extensions.add("termination").add("concatenation");
		if (this.unfinishedParts) {
			extensions.add("concatenation-unfinished");
		}
		Map<String, String> headers = new LinkedHashMap<>();
		headers.put("Allow", allow(upload));
		headers.put(TusHeaders.TUS_VERSION, VERSION);
		headers.put(TusHeaders.TUS_EXTENSION, extensions.toString());
		headers.put(TusHeaders.TUS_CHECKSUM_ALGORITHM,
				Arrays.stream(ChecksumAlgorithm.values()).map(ChecksumAlgorithm::id).collect(Collectors.joining(",")));
		if (this.maxSize != null) {
			headers.put(TusHeaders.TUS_MAX_SIZE, this.maxSize.toString());
		}
		return headers;
	}

}
