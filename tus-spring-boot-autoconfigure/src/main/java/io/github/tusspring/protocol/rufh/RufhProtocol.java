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

import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.ExplicitCompletion;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Resumable Uploads for HTTP: reads what a request asks for. Thread-safe.
 */
public final class RufhProtocol {

	/** The type of a body that is to be appended. */
	public static final String CONTENT_TYPE = "application/partial-upload";

	private static final Set<String> WITHOUT_CONTENT = Set.of("GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT");

	private final Set<InteropVersion> versions;

	private final boolean versionRequired;

	private final RufhLimits limits;

	/**
	 * Creates the protocol as one server speaks it.
	 * @param versions the versions that are spoken, at least one
	 * @param versionRequired whether a client has to say which version it speaks; if not,
	 * one that doesn't is taken to speak the newest
	 * @param limits what uploads are limited by
	 */
	public RufhProtocol(Set<InteropVersion> versions, boolean versionRequired, RufhLimits limits) {
		Assert.notEmpty(versions, "'versions' must not be empty");
		this.versions = EnumSet.copyOf(versions);
		this.versionRequired = versionRequired;
		this.limits = limits;
	}

	/**
	 * Returns the protocol as it is spoken at an endpoint of the application's own.
	 * @param maxSize the length in bytes that an upload may have, or {@code null}
	 * @param lifetime how long an unfinished upload lives, zero for ever
	 * @return the protocol there
	 */
	public RufhProtocol forHandOver(@Nullable Long maxSize, Duration lifetime) {
		return new RufhProtocol(this.versions, this.versionRequired, this.limits.with(maxSize, lifetime));
	}

	/**
	 * Returns what uploads are limited by.
	 * @return the limits
	 */
	public RufhLimits limits() {
		return this.limits;
	}

	/**
	 * Returns the headers that say what the server can do.
	 * @param headers gives the value of a request header or {@code null}
	 * @return headers of the answer to OPTIONS
	 */
	public Map<String, String> capabilities(UnaryOperator<@Nullable String> headers) {
		return Map.of(RufhHeaders.UPLOAD_LIMIT, this.limits.header(version(headers)), RufhHeaders.ACCEPT_PATCH,
				CONTENT_TYPE);
	}

	private InteropVersion newest() {
		return Collections.max(this.versions);
	}

	/**
	 * Returns the version that a client speaks.
	 */
	private @Nullable InteropVersion spoken(UnaryOperator<@Nullable String> headers) {
		String field = headers.apply(RufhHeaders.INTEROP_VERSION);
		if (field == null) {
			return this.versionRequired ? null : newest();
		}
		Long number = StructuredFields.size(field);
		InteropVersion version = (number != null) ? InteropVersion.of(number) : null;
		return (version != null && this.versions.contains(version)) ? version : null;
	}

	/**
	 * Returns whether a request names this protocol, wherever it is sent.
	 * @param headers gives the value of a request header or {@code null}
	 * @return {@code true} if it has headers or a body that no other protocol has
	 */
	public boolean isNamed(UnaryOperator<@Nullable String> headers) {
		return headers.apply(RufhHeaders.INTEROP_VERSION) != null || headers.apply(RufhHeaders.UPLOAD_COMPLETE) != null
				|| headers.apply(RufhHeaders.UPLOAD_INCOMPLETE) != null || isContentType(headers.apply("Content-Type"));
	}

	/**
	 * Returns whether a request to an upload appends to it.
	 * @param headers gives the value of a request header or {@code null}
	 * @return {@code true} if it says where, or has a body that no other protocol has
	 */
	public boolean isAppend(UnaryOperator<@Nullable String> headers) {
		return headers.apply(RufhHeaders.UPLOAD_OFFSET) != null || isContentType(headers.apply("Content-Type"));
	}

	/**
	 * Returns the version in which a client is to be answered that asks for an upload.
	 * @param headers gives the value of a request header or {@code null}
	 * @return the client's version, or the newest if that is none which is spoken here
	 */
	public InteropVersion version(UnaryOperator<@Nullable String> headers) {
		InteropVersion version = spoken(headers);
		return (version != null) ? version : newest();
	}

	/**
	 * Returns whether a request to a creation URL asks for an upload.
	 * @param method the request's method
	 * @param headers gives the value of a request header or {@code null}
	 * @return {@code true} if it can have content and says whether that is all
	 */
	public boolean isCreation(String method, UnaryOperator<@Nullable String> headers) {
		return !WITHOUT_CONTENT.contains(method) && completeness(spoken(headers), headers) != null;
	}

	/**
	 * Returns whether a client speaks a version: who doesn't gets no interim answers of
	 * it.
	 * @param version the version
	 * @param headers gives the value of a request header or {@code null}
	 * @return {@code true} if its request names this version, or names none where that
	 * stands for this one
	 */
	public boolean isSpoken(InteropVersion version, UnaryOperator<@Nullable String> headers) {
		return spoken(headers) == version;
	}

	/**
	 * Returns whether a creation can be resumed, rather than being one ordinary request.
	 * @param headers gives the value of a request header or {@code null}
	 * @return {@code false} if the client speaks a version that is not spoken here
	 */
	public boolean isSpoken(UnaryOperator<@Nullable String> headers) {
		return spoken(headers) != null;
	}

	/**
	 * Returns whether a creation brings all of the content.
	 * @param headers gives the value of a request header or {@code null}
	 * @return {@code true} if it does
	 */
	public boolean isWhole(UnaryOperator<@Nullable String> headers) {
		return Boolean.TRUE.equals(completeness(spoken(headers), headers));
	}

	private static @Nullable Boolean completeness(@Nullable InteropVersion version,
			UnaryOperator<@Nullable String> headers) {
		Boolean flag = StructuredFields
			.flag(headers.apply((version != null) ? version.completenessHeader() : RufhHeaders.UPLOAD_COMPLETE));
		return (flag != null && version == InteropVersion.V3) ? Boolean.valueOf(!flag) : flag;
	}

	/**
	 * Reads a creation.
	 * @param contentLength the length of the body in bytes, or -1 if that is not known
	 * @param headers gives the value of a request header or {@code null}
	 * @return what the request asks for
	 * @throws RufhException if the protocol does not allow it
	 */
	public RufhOperation.Create create(long contentLength, UnaryOperator<@Nullable String> headers) {
		InteropVersion version = spoken(headers);
		boolean last = isWhole(headers);
		if (version == null && !last) {
			throw new RufhException(400,
					RufhHeaders.INTEROP_VERSION + " must be one of "
							+ this.versions.stream()
								.map((spoken) -> Integer.toString(spoken.number()))
								.collect(Collectors.joining(", ")));
		}
		InteropVersion spoken = (version != null) ? version : newest();
		Long declared = spoken.hasLength() ? StructuredFields.size(headers.apply(RufhHeaders.UPLOAD_LENGTH)) : null;
		Long length = declared;
		if (last && contentLength >= 0) {
			length = contentLength;
		}
		if ((declared != null && !declared.equals(length)) || (length != null && contentLength > length)) {
			throw new RufhException(400, Problem.inconsistentLength());
		}
		boolean offered = checkLimits(spoken, last, contentLength, length);
		Checksum digest = DigestFields.read(RufhHeaders.REPR_DIGEST, headers.apply(RufhHeaders.REPR_DIGEST));
		AppendRequest body = (last || contentLength != 0) ? body(0, contentLength, null,
				new ExplicitCompletion(last, null, maxAppendSize(spoken), spoken.isInvalidatedByExcess()), headers)
				: null;
		return new RufhOperation.Create(spoken, version != null && offered, length,
				RepresentationHeaders.metadata(headers), digest, body);
	}

	/**
	 * Checks the limits of a creation.
	 * @return whether the upload is long enough to be resumed
	 */
	private boolean checkLimits(InteropVersion version, boolean last, long contentLength, @Nullable Long length) {
		if (this.limits.maxSize() != null && length != null && length > this.limits.maxSize()) {
			throw new RufhException(413, "An upload may have " + this.limits.maxSize() + " bytes at most");
		}
		checkAppendLimits(version, last || contentLength == 0, contentLength);
		boolean enough = this.limits.minSize() == null || (length != null && length >= this.limits.minSize());
		if (!enough && !last && version.hasLimits()) {
			throw new RufhException(400, "An upload must have " + this.limits.minSize() + " bytes at least");
		}
		// A client that can't hear of it can't keep to it.
		return enough || !last;
	}

	private void checkAppendLimits(InteropVersion version, boolean anyLength, long contentLength) {
		Long max = maxAppendSize(version);
		if (max != null && contentLength > max) {
			throw new RufhException(413, "A request may bring " + max + " bytes at most");
		}
		Long min = version.hasLimits() ? this.limits.minAppendSize() : null;
		if (min != null && !anyLength && contentLength >= 0 && contentLength < min) {
			throw new RufhException(400, "A request must bring " + min + " bytes at least");
		}
	}

	private @Nullable Long maxAppendSize(InteropVersion version) {
		// A client that isn't told of it can't keep to it.
		return version.hasLimits() ? this.limits.maxAppendSize() : null;
	}

	/**
	 * Reads a request to an upload's URL.
	 * @param version the version in which the upload is spoken of
	 * @param method the request's method
	 * @param contentLength the length of the body in bytes, or -1 if that is not known
	 * @param headers gives the value of a request header or {@code null}
	 * @return what the request asks for
	 * @throws RufhException if the protocol does not allow it
	 */
	public RufhOperation read(InteropVersion version, String method, long contentLength,
			UnaryOperator<@Nullable String> headers) {
		switch (method) {
			case "HEAD", "GET" -> {
				checkStateless(version, method, headers);
				return new RufhOperation.Inspect(DigestFields.wanted(headers.apply(RufhHeaders.WANT_REPR_DIGEST)));
			}
			case "DELETE" -> {
				checkStateless(version, method, headers);
				return new RufhOperation.Cancel();
			}
			case "PATCH" -> {
				return append(version, contentLength, headers);
			}
			default -> throw new RufhException(405, "The method is not allowed here");
		}
	}

	private static void checkStateless(InteropVersion version, String method, UnaryOperator<@Nullable String> headers) {
		boolean state = headers.apply(RufhHeaders.UPLOAD_OFFSET) != null
				|| headers.apply(version.completenessHeader()) != null || (version.hasLength()
						&& !method.equals("DELETE") && headers.apply(RufhHeaders.UPLOAD_LENGTH) != null);
		if (state && version.forbidsStateInOtherRequests()) {
			throw new RufhException(400, "A request that appends nothing must not say where it would");
		}
	}

	/**
	 * Returns the offset that a request names.
	 * @param headers gives the value of a request header or {@code null}
	 * @return the offset in bytes, or {@code null} if there is none
	 */
	public @Nullable Long offset(UnaryOperator<@Nullable String> headers) {
		return StructuredFields.size(headers.apply(RufhHeaders.UPLOAD_OFFSET));
	}

	private RufhOperation append(InteropVersion version, long contentLength, UnaryOperator<@Nullable String> headers) {
		if (version.hasContentType() && !isContentType(headers.apply("Content-Type"))) {
			throw new RufhException(415, "The Content-Type must be " + CONTENT_TYPE);
		}
		Long offset = offset(headers);
		if (offset == null) {
			throw new RufhException(400, RufhHeaders.UPLOAD_OFFSET + " must be a number of bytes");
		}
		Boolean last = completeness(version, headers);
		if (last == null) {
			if (!version.completesByDefault()) {
				throw new RufhException(400, RufhHeaders.UPLOAD_COMPLETE + " must be ?0 or ?1");
			}
			last = Boolean.TRUE;
		}
		checkAppendLimits(version, last, contentLength);
		Long length = version.hasLengthInAppends() ? StructuredFields.size(headers.apply(RufhHeaders.UPLOAD_LENGTH))
				: null;
		Checksum digest = DigestFields.read(RufhHeaders.REPR_DIGEST, headers.apply(RufhHeaders.REPR_DIGEST));
		return new RufhOperation.Append(body(offset, contentLength, length,
				new ExplicitCompletion(last, digest, maxAppendSize(version), version.isInvalidatedByExcess()),
				headers));
	}

	private static AppendRequest body(long offset, long contentLength, @Nullable Long length,
			ExplicitCompletion completion, UnaryOperator<@Nullable String> headers) {
		return new AppendRequest(offset, contentLength, length,
				DigestFields.read(RufhHeaders.CONTENT_DIGEST, headers.apply(RufhHeaders.CONTENT_DIGEST)), false,
				completion);
	}

	static boolean isContentType(@Nullable String value) {
		if (value == null) {
			return false;
		}
		int parameters = value.indexOf(';');
		return ((parameters < 0) ? value : value.substring(0, parameters)).strip().equalsIgnoreCase(CONTENT_TYPE);
	}

}
