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
import java.time.Instant;
import java.util.StringJoiner;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What uploads are limited by, for {@code Upload-Limit}.
 *
 * @param minSize the length in bytes below which an upload is not made resumable, or
 * {@code null}
 * @param maxSize the length in bytes that an upload may have, or {@code null}
 * @param minAppendSize the number of bytes that each request but the last brings at
 * least, or {@code null}
 * @param maxAppendSize the number of bytes that a request may bring, or {@code null}
 * @param lifetime how long an unfinished upload lives, zero for ever
 */
public record RufhLimits(@Nullable Long minSize, @Nullable Long maxSize, @Nullable Long minAppendSize,
		@Nullable Long maxAppendSize, Duration lifetime) {

	/** The largest number that a structured field can have. */
	private static final long MAX_INTEGER = 999_999_999_999_999L;

	public RufhLimits {
		Assert.notNull(lifetime, "'lifetime' must not be null");
	}

	/**
	 * Returns these limits with what differs at an endpoint of the application's own.
	 * @param maxSize the length in bytes that an upload may have, or {@code null}
	 * @param lifetime how long an unfinished upload lives, zero for ever
	 * @return the limits there
	 */
	RufhLimits with(@Nullable Long maxSize, Duration lifetime) {
		return new RufhLimits(this.minSize, maxSize, this.minAppendSize, this.maxAppendSize, lifetime);
	}

	/**
	 * Returns the value of the header where no upload is spoken of.
	 */
	String header(InteropVersion version) {
		return header(version, this.lifetime.isZero() ? null : this.lifetime);
	}

	/**
	 * Returns the value of the header for an upload.
	 * @param expires when it will expire, or {@code null} if it will not
	 */
	String header(InteropVersion version, @Nullable Instant expires, Instant now) {
		return header(version, (expires != null) ? Duration.between(now, expires) : null);
	}

	private String header(InteropVersion version, @Nullable Duration age) {
		StringJoiner members = new StringJoiner(", ");
		add(members, "min-size", this.minSize);
		add(members, "max-size", this.maxSize);
		add(members, "min-append-size", this.minAppendSize);
		add(members, "max-append-size", this.maxAppendSize);
		add(members, version.ageLimit(), (age != null) ? Math.max(0, age.toSeconds()) : null);
		// An empty field would be none.
		return (members.length() > 0) ? members.toString() : "min-size=0";
	}

	private static void add(StringJoiner members, String name, @Nullable Long value) {
		if (value != null) {
			members.add(name + "=" + Math.min(value, MAX_INTEGER));
		}
	}

}
