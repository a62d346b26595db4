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

package io.github.tusspring.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import io.github.tusspring.protocol.rufh.InteropVersion;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.Assert;
import org.springframework.util.unit.DataSize;

/**
 * Properties of Resumable Uploads for HTTP, the draft of the IETF.
 *
 * @param enabled Whether clients may speak Resumable Uploads for HTTP as well as tus.
 * @param interopVersions Versions of the draft that are spoken, by the numbers that
 * clients send in Upload-Draft-Interop-Version.
 * @param requireInteropVersion Whether a client has to say which version it speaks. One
 * that doesn't makes an ordinary request then, else it is taken to speak the newest.
 * @param interimResponses Whether clients are told of a new upload and of their progress
 * by interim responses. Some proxies can't pass them on.
 * @param progressInterval Time between two interim responses that tell a client how many
 * of its bytes are stored. Zero to send none. If a duration suffix is not specified,
 * seconds are used.
 * @param limits What limits requests and uploads, in addition to 'tus.max-size' and
 * 'tus.expiration'.
 */
@ConfigurationProperties("tus.rufh")
public record TusRufhProperties(@DefaultValue("true") boolean enabled, @DefaultValue( {
		"3", "5", "6", "8", "9", "10" }) List<Integer> interopVersions,
		@DefaultValue("true") boolean requireInteropVersion, @DefaultValue("true") boolean interimResponses,
		@DefaultValue("5s") @DurationUnit(ChronoUnit.SECONDS) Duration progressInterval, @DefaultValue Limits limits){

	public TusRufhProperties {
		Assert.notEmpty(interopVersions,
				"'tus.rufh.interop-versions' must not be empty: set 'tus.rufh.enabled' to false to speak tus only");
		interopVersions.forEach((version) -> Assert.isTrue(InteropVersion.of(version) != null,
				() -> "'tus.rufh.interop-versions' must be some of 3, 5, 6, 8, 9 and 10: " + version
						+ " is not known"));
		interopVersions = List.copyOf(interopVersions);
		Assert.isTrue(!progressInterval.isNegative(), "'tus.rufh.progress-interval' must not be negative");
		TusProperties.checkLimit("rufh.progress-interval", progressInterval);
	}

	/**
	 * What requests and uploads are limited by.
	 *
	 * @param minSize Length below which an upload is taken in one request and can't be
	 * resumed. Not limited if not set.
	 * @param minAppendSize Number of bytes that each request but the last has to bring.
	 * Not limited if not set.
	 * @param maxAppendSize Number of bytes that a request may bring. Not limited if not
	 * set.
	 */
	public record Limits(@Nullable DataSize minSize, @Nullable DataSize minAppendSize,
			@Nullable DataSize maxAppendSize) {

		public Limits {
			check("min-size", minSize);
			check("min-append-size", minAppendSize);
			check("max-append-size", maxAppendSize);
			Assert.isTrue(minAppendSize == null || maxAppendSize == null || minAppendSize.compareTo(maxAppendSize) <= 0,
					"'tus.rufh.limits.min-append-size' must not be greater than 'tus.rufh.limits.max-append-size'");
		}

		private static void check(String name, @Nullable DataSize size) {
			Assert.isTrue(size == null || size.toBytes() > 0,
					() -> "'tus.rufh.limits." + name + "' must be greater than 0: leave it out for no limit");
		}

	}

}
