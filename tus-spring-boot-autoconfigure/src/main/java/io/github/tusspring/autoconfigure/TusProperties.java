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

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;

import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.MetadataLimits;
import io.github.tusspring.upload.QuotaLimits;
import io.github.tusspring.upload.UploadLimits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.Assert;
import org.springframework.util.MimeType;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * Properties of resumable uploads.
 *
 * @param enabled Whether resumable uploads are received.
 * @param path Path of the creation URL, below the context path and the servlet's path.
 * @param maxSize Largest upload that is accepted. Unlimited if not set.
 * @param location Whether the Location of a new upload is relative to the server's root
 * or an absolute URL.
 * @param storage Where uploads are kept.
 * @param expiration When uploads expire.
 * @param termination What clients may remove.
 * @param download Whether uploads can be downloaded.
 * @param cors What pages of other origins may do.
 * @param append How appends are treated.
 * @param limits What clients may store and do at a time.
 * @param redelivery How deliveries to the application that failed are repeated.
 * @param endpoints The application's own endpoints that are made resumable.
 */
@ConfigurationProperties("tus")
public record TusProperties(@DefaultValue("true") boolean enabled, @DefaultValue("/files") String path,
		@Nullable DataSize maxSize, @DefaultValue("relative") LocationStyle location, @DefaultValue Storage storage,
		@DefaultValue Expiration expiration, @DefaultValue Termination termination, @DefaultValue Download download,
		@DefaultValue Cors cors, @DefaultValue Append append, @DefaultValue Limits limits,
		@DefaultValue Redelivery redelivery, @DefaultValue List<TusEndpointProperties> endpoints) {

	private static final Duration LIMIT = Duration.ofDays(36500);

	public TusProperties {
		Assert.isTrue(path.matches("(/[^/{}*?#;%\\s]+)+/?"),
				"'tus.path' must start with a slash and name a path without wildcards, such as '/files'");
		Assert.isTrue(!path.matches(".*/[.]{1,2}(/.*)?"), "'tus.path' must not have segments of dots");
		path = StringUtils.trimTrailingCharacter(path, '/');
		Assert.isTrue(maxSize == null || maxSize.toBytes() > 0,
				"'tus.max-size' must be greater than 0: leave it out to accept uploads of any size");
	}

	/**
	 * Returns the length in bytes that an upload may have.
	 */
	@Nullable Long maxLength() {
		return bytes(this.maxSize);
	}

	/**
	 * Returns the length in bytes that an upload to an endpoint may have.
	 */
	@Nullable Long maxLength(TusEndpointProperties endpoint) {
		return (endpoint.maxSize() != null) ? bytes(endpoint.maxSize()) : maxLength();
	}

	static @Nullable Long bytes(@Nullable DataSize size) {
		return (size != null) ? size.toBytes() : null;
	}

	/**
	 * Checks that a time is short enough to be added to any date.
	 */
	static void checkLimit(String name, @Nullable Duration time) {
		Assert.isTrue(time == null || time.compareTo(LIMIT) <= 0,
				() -> "'tus." + name + "' must not be longer than " + LIMIT.toDays() + "d");
	}

	/**
	 * Forms of the URL of a new upload.
	 */
	public enum LocationStyle {

		/**
		 * Begins with the path, so that it is right behind any proxy.
		 */
		RELATIVE,

		/**
		 * Begins with scheme and host as the request has them.
		 */
		ABSOLUTE

	}

	/**
	 * Where uploads are kept.
	 *
	 * @param type Kind of storage.
	 * @param disk Storage in a directory.
	 */
	public record Storage(@DefaultValue("disk") Type type, @DefaultValue Disk disk) {

		/**
		 * Kinds of storage.
		 */
		public enum Type {

			/**
			 * A directory.
			 */
			DISK,

			/**
			 * A bucket of a store that speaks S3. The properties below 'tus.storage.s3'
			 * say which.
			 */
			S3

		}

		/**
		 * Storage in a directory.
		 *
		 * @param directory Directory in which uploads and their records are kept. Created
		 * if it does not exist.
		 * @param durability When bytes are forced to the disk.
		 * @param minFreeSpace Free space below which no more bytes are accepted.
		 */
		public record Disk(@DefaultValue("uploads") Path directory, @DefaultValue("completion") Durability durability,
				@DefaultValue("100MB") DataSize minFreeSpace) {

			public Disk {
				Assert.isTrue(!minFreeSpace.isNegative(),
						"'tus.storage.disk.min-free-space' must not be negative: 0 uses the disk up to its end");
			}

		}

	}

	/**
	 * When uploads expire.
	 *
	 * @param after How long an unfinished upload is kept. 0 keeps it for ever. If a
	 * duration suffix is not specified, seconds are used.
	 * @param mode What the time is counted from.
	 * @param completedAfter How long a finished upload is kept. For ever if not set. If a
	 * duration suffix is not specified, seconds are used.
	 * @param cleanupInterval How often expired uploads are removed. -1 never removes
	 * them. If a duration suffix is not specified, seconds are used.
	 */
	public record Expiration(@DefaultValue("24h") @DurationUnit(ChronoUnit.SECONDS) Duration after,
			@DefaultValue("sliding") Mode mode, @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration completedAfter,
			@DefaultValue("1h") @DurationUnit(ChronoUnit.SECONDS) Duration cleanupInterval) {

		public Expiration {
			Assert.isTrue(!after.isNegative(),
					"'tus.expiration.after' must not be negative: 0 keeps unfinished uploads for ever");
			Assert.isTrue(completedAfter == null || (!completedAfter.isNegative() && !completedAfter.isZero()),
					"'tus.expiration.completed-after' must be greater than 0: leave it out to keep finished uploads");
			Assert.isTrue(cleanupInterval.toMillis() > 0 || cleanupInterval.equals(Duration.ofSeconds(-1)),
					"'tus.expiration.cleanup-interval' must be greater than 0, or -1 to never remove expired uploads");
			checkLimit("expiration.after", after);
			checkLimit("expiration.completed-after", completedAfter);
			checkLimit("expiration.cleanup-interval", cleanupInterval);
		}

		/**
		 * What the life of an unfinished upload is counted from.
		 */
		public enum Mode {

			/**
			 * From the last byte.
			 */
			SLIDING,

			/**
			 * From the creation.
			 */
			ABSOLUTE

		}

	}

	/**
	 * What clients may remove.
	 *
	 * @param finished Whether a client may remove a finished upload.
	 */
	public record Termination(@DefaultValue("true") boolean finished) {
	}

	/**
	 * Whether uploads can be downloaded.
	 *
	 * @param enabled Whether a GET request on a finished upload gets its content.
	 */
	public record Download(@DefaultValue("false") boolean enabled) {
	}

	/**
	 * What pages of other origins may do.
	 *
	 * @param allowedOrigins Origins whose pages may upload, such as
	 * 'https://example.org', or '*' for all.
	 * @param allowedOriginPatterns Patterns of origins whose pages may upload, such as
	 * 'https://*.example.org'.
	 * @param allowCredentials Whether pages of other origins may send cookies.
	 * @param maxAge How long a browser may remember the answer to a preflight request. If
	 * a duration suffix is not specified, seconds are used.
	 */
	public record Cors(@DefaultValue List<String> allowedOrigins, @DefaultValue List<String> allowedOriginPatterns,
			@DefaultValue("false") boolean allowCredentials,
			@DefaultValue("1800s") @DurationUnit(ChronoUnit.SECONDS) Duration maxAge) {

		private static final Pattern ORIGIN = Pattern.compile("\\*|null|[A-Za-z][A-Za-z0-9+.-]*://[^\\s/?#@*]+/?");

		public Cors {
			Assert.isTrue(!allowCredentials || !allowedOrigins.contains("*"),
					"'tus.cors.allowed-origins' must not be '*' when 'tus.cors.allow-credentials' is true: "
							+ "name the origins, or use 'tus.cors.allowed-origin-patterns'");
			Assert.isTrue(!allowCredentials || !allowedOriginPatterns.contains("*"),
					"'tus.cors.allowed-origin-patterns' must not be '*' when 'tus.cors.allow-credentials' is true: "
							+ "use patterns such as 'https://*.example.org'");
			allowedOrigins.forEach((origin) -> Assert.isTrue(ORIGIN.matcher(origin).matches(),
					() -> "'tus.cors.allowed-origins' must have scheme and host without a path, "
							+ "such as 'https://example.org', and not '" + origin + "'"));
			Assert.isTrue(!maxAge.isNegative(), "'tus.cors.max-age' must not be negative");
			checkLimit("cors.max-age", maxAge);
		}

		boolean isNeeded() {
			return !this.allowedOrigins.isEmpty() || !this.allowedOriginPatterns.isEmpty();
		}

	}

	/**
	 * How appends are treated.
	 *
	 * @param idleTimeout Silence after which an append is ended and its connection
	 * closed. What has arrived is kept. If a duration suffix is not specified, seconds
	 * are used.
	 * @param takeOverAfter Silence after which a client that asks for the offset ends its
	 * old request. If a duration suffix is not specified, seconds are used.
	 * @param minRate Number of bytes in a second below which an append is ended as a
	 * silent one is, such as '1KB'. Any rate if not set.
	 * @param minRateWindow Time over which the rate is measured. If a duration suffix is
	 * not specified, seconds are used.
	 */
	public record Append(@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration idleTimeout,
			@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration takeOverAfter, @Nullable DataSize minRate,
			@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration minRateWindow) {

		public Append {
			Assert.isTrue(!idleTimeout.isNegative() && !idleTimeout.isZero(),
					"'tus.append.idle-timeout' must be greater than 0");
			Assert.isTrue(!takeOverAfter.isNegative(), "'tus.append.take-over-after' must not be negative");
			checkLimit("append.idle-timeout", idleTimeout);
			checkLimit("append.take-over-after", takeOverAfter);
			checkLimit("append.min-rate-window", minRateWindow);
			Assert.isTrue(minRate == null || minRate.toBytes() > 0,
					"'tus.append.min-rate' must be greater than 0: leave it out to accept any rate");
			Assert.isTrue(minRateWindow.compareTo(Duration.ofSeconds(1)) >= 0,
					"'tus.append.min-rate-window' must be 1s or longer");
		}

	}

	/**
	 * What clients may store and do at a time. A client is a principal or, where there is
	 * none, a remote address. 0 is any number.
	 *
	 * @param maxUploads Number of unfinished uploads above which a creation is refused.
	 * @param maxUploadsPerClient Number of unfinished uploads of one client above which a
	 * creation is refused.
	 * @param maxAppends Number of open appends above which another one is put off.
	 * @param maxAppendsPerClient Number of open appends of one client above which another
	 * one is put off.
	 * @param maxDownloads Number of downloads above which another one is refused.
	 * @param maxDownloadsPerClient Number of downloads of one client above which another
	 * one is refused.
	 * @param maxParts Number of parts above which a concatenation is refused. A part that
	 * is named twice counts twice.
	 * @param maxUnfinishedSize Size of all unfinished uploads together. Unlimited if not
	 * set.
	 * @param maxUnfinishedSizePerClient Size of one client's unfinished uploads together.
	 * Unlimited if not set.
	 * @param maxStored Number of uploads whose content is stored or going to be. 0 is any
	 * number.
	 * @param maxStoredPerClient Number of one client's uploads whose content is stored or
	 * going to be. 0 is any number.
	 * @param maxStoredSize Size of all uploads together. Unlimited if not set.
	 * @param maxStoredSizePerClient Size of one client's uploads together. Unlimited if
	 * not set.
	 * @param maxMetadataSize Size of an upload's metadata as it is sent. Unlimited if not
	 * set.
	 * @param maxMetadataKeys Number of keys that an upload's metadata may have. 0 is any
	 * number.
	 * @param filetypes Media types that an upload may have by what its client says. All
	 * if not set.
	 * @param extensions Extensions that an upload's file name may have. All if not set.
	 */
	public record Limits(@DefaultValue("0") int maxUploads, @DefaultValue("0") int maxUploadsPerClient,
			@DefaultValue("0") int maxAppends, @DefaultValue("0") int maxAppendsPerClient,
			@DefaultValue("0") int maxDownloads, @DefaultValue("0") int maxDownloadsPerClient,
			@DefaultValue("100") int maxParts, @Nullable DataSize maxUnfinishedSize,
			@Nullable DataSize maxUnfinishedSizePerClient, @DefaultValue("0") long maxStored,
			@DefaultValue("0") long maxStoredPerClient, @Nullable DataSize maxStoredSize,
			@Nullable DataSize maxStoredSizePerClient, @Nullable DataSize maxMetadataSize,
			@DefaultValue("0") int maxMetadataKeys, @DefaultValue List<MimeType> filetypes,
			@DefaultValue List<String> extensions) {

		public Limits {
			check("max-uploads", maxUploads);
			check("max-uploads-per-client", maxUploadsPerClient);
			check("max-appends", maxAppends);
			check("max-appends-per-client", maxAppendsPerClient);
			check("max-downloads", maxDownloads);
			check("max-downloads-per-client", maxDownloadsPerClient);
			check("max-parts", maxParts);
			check("max-unfinished-size", maxUnfinishedSize);
			check("max-unfinished-size-per-client", maxUnfinishedSizePerClient);
			check("max-stored", maxStored);
			check("max-stored-per-client", maxStoredPerClient);
			check("max-stored-size", maxStoredSize);
			check("max-stored-size-per-client", maxStoredSizePerClient);
			check("max-metadata-size", maxMetadataSize);
			check("max-metadata-keys", maxMetadataKeys);
		}

		private static void check(String name, @Nullable DataSize limit) {
			Assert.isTrue(limit == null || limit.toBytes() > 0,
					() -> "'tus.limits." + name + "' must be greater than 0: leave it out for no limit");
		}

		private static void check(String name, long limit) {
			Assert.isTrue(limit >= 0, () -> "'tus.limits." + name + "' must not be negative: 0 allows any number");
		}

		UploadLimits ofUploads() {
			return new UploadLimits(this.maxUploads, this.maxUploadsPerClient, this.maxAppends,
					this.maxAppendsPerClient, this.maxDownloads, this.maxDownloadsPerClient, this.maxParts);
		}

		QuotaLimits ofContent() {
			return new QuotaLimits(bytes(this.maxUnfinishedSize), bytes(this.maxUnfinishedSizePerClient),
					this.maxStored, this.maxStoredPerClient, bytes(this.maxStoredSize),
					bytes(this.maxStoredSizePerClient));
		}

		MetadataLimits ofMetadata() {
			return new MetadataLimits(bytes(this.maxMetadataSize), this.maxMetadataKeys, this.filetypes,
					this.extensions);
		}

		private static long bytes(@Nullable DataSize size) {
			return (size != null) ? size.toBytes() : 0;
		}

	}

	/**
	 * How deliveries to the application that failed are repeated.
	 *
	 * @param initialDelay Delay after the first attempt. It doubles with each further
	 * one. If a duration suffix is not specified, seconds are used.
	 * @param maxDelay Longest delay. If a duration suffix is not specified, seconds are
	 * used.
	 */
	public record Redelivery(@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration initialDelay,
			@DefaultValue("10m") @DurationUnit(ChronoUnit.SECONDS) Duration maxDelay) {

		public Redelivery {
			Assert.isTrue(!initialDelay.isNegative() && !initialDelay.isZero(),
					"'tus.redelivery.initial-delay' must be greater than 0");
			Assert.isTrue(maxDelay.compareTo(initialDelay) >= 0,
					"'tus.redelivery.max-delay' must not be shorter than 'tus.redelivery.initial-delay'");
			checkLimit("redelivery.max-delay", maxDelay);
		}

	}

}
