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

package io.github.tusspring.upload;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Says when uploads expire.
 *
 * @param after how long an unfinished upload lives; zero for ever
 * @param sliding whether that is counted from the last byte rather than from the creation
 * @param completedAfter how long a finished upload lives, or {@code null} for ever
 * @param endpoints the application's own endpoints, for which some of this may differ
 */
public record ExpirationPolicy(Duration after, boolean sliding, @Nullable Duration completedAfter,
		EndpointRules endpoints) {

	/**
	 * How long the record of an upload is kept whose content is gone, if uploads live for
	 * ever.
	 */
	private static final Duration REMEMBERED = Duration.ofHours(24);

	/**
	 * The last moment that a header can name.
	 */
	private static final Instant LATEST = LocalDateTime.of(9999, 12, 31, 23, 59, 59).toInstant(ZoneOffset.UTC);

	/**
	 * Returns the given upload with the time of its expiry.
	 * @param upload an upload
	 * @return the upload as a client or an application should see it
	 */
	Upload apply(Upload upload) {
		return upload.withExpires(expires(upload));
	}

	private @Nullable Instant expires(Upload upload) {
		try {
			Instant expires = computeExpires(upload);
			return (expires != null && expires.isBefore(LATEST)) ? expires : null;
		}
		catch (ArithmeticException | DateTimeException ex) {
			// A record that another program wrote may name any time.
			return null;
		}
	}

	private @Nullable Instant computeExpires(Upload upload) {
		if (upload.state() == UploadState.FINISHING && upload.endpoint() == null) {
			// All its bytes were acknowledged: the application is going to have it.
			return null;
		}
		if (upload.state() == UploadState.COMPLETED && !upload.isPartial()) {
			// The application may have taken only now what came long ago.
			Instant completed = (upload.completed() != null) ? upload.completed() : upload.modified();
			return (this.completedAfter != null) ? completed.plus(this.completedAfter) : null;
		}
		Duration time = lifetime(upload.endpointPattern());
		if (time.isZero()) {
			return null;
		}
		return (this.sliding ? upload.modified() : upload.created()).plus(time);
	}

	/**
	 * Returns how long unfinished uploads live.
	 * @param endpoint the path under which an endpoint of the application's own is
	 * configured, or {@code null} for uploads of no such endpoint
	 * @return the time, zero for ever
	 */
	public Duration lifetime(@Nullable String endpoint) {
		EndpointRule rule = this.endpoints.find(endpoint);
		return (rule != null && rule.expiresAfter() != null) ? rule.expiresAfter() : this.after;
	}

	private Stream<Duration> lifetimes() {
		return Stream.concat(Stream.of(this.after), this.endpoints.paths().stream().map(this::lifetime));
	}

	/**
	 * Returns how often an upload that is being appended to has to be marked as alive.
	 * @return the time, zero for never
	 */
	Duration keepAlive(Upload upload) {
		return this.sliding ? lifetime(upload.endpointPattern()).dividedBy(4) : Duration.ZERO;
	}

	/**
	 * Returns how long every finished upload is remembered at least.
	 * @return the time
	 */
	public Duration remembered() {
		Duration shortest = lifetimes().map(ExpirationPolicy::remembered)
			.min(Comparator.naturalOrder())
			.orElse(REMEMBERED);
		return (this.completedAfter != null && this.completedAfter.compareTo(shortest) < 0) ? this.completedAfter
				: shortest;
	}

	private static Duration remembered(Duration lifetime) {
		return lifetime.isZero() ? REMEMBERED : lifetime;
	}

	/**
	 * Returns the age from which what no upload refers to can be removed: whatever still
	 * runs has marked its upload as alive by then.
	 * @return the time, zero for never
	 */
	public Duration abandoned() {
		return this.after.isZero() ? Duration.ZERO : lifetimes().max(Comparator.naturalOrder()).orElse(this.after);
	}

	/**
	 * Whether the content of a finished upload is no longer needed.
	 */
	boolean isSpent(Upload upload) {
		return this.endpoints.isSpent(upload);
	}

	/**
	 * Whether the record of a finished upload without content may be forgotten.
	 */
	boolean isForgettable(Upload upload, Instant now) {
		try {
			return upload.modified().plus(remembered(lifetime(upload.endpointPattern()))).isBefore(now);
		}
		catch (ArithmeticException | DateTimeException ex) {
			return false;
		}
	}

}
