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

import java.util.List;

import io.github.tusspring.upload.MetadataLimits;
import io.github.tusspring.upload.QuotaLimits;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;
import org.springframework.util.MimeType;
import org.springframework.util.unit.DataSize;

/**
 * Properties that limit what clients may store. A client is a principal or, where there
 * is none, a remote address.
 *
 * @param maxUnfinishedSize Size of all unfinished uploads together. Unlimited if not set.
 * @param maxUnfinishedSizePerClient Size of one client's unfinished uploads together.
 * Unlimited if not set.
 * @param maxStored Number of uploads whose content is stored or going to be. 0 is any
 * number.
 * @param maxStoredPerClient Number of one client's uploads whose content is stored or
 * going to be. 0 is any number.
 * @param maxStoredSize Size of all uploads together. Unlimited if not set.
 * @param maxStoredSizePerClient Size of one client's uploads together. Unlimited if not
 * set.
 * @param maxMetadataSize Size of an upload's metadata as it is sent. Unlimited if not
 * set.
 * @param maxMetadataKeys Number of keys that an upload's metadata may have. 0 is any
 * number.
 * @param filetypes Media types that an upload may have by what its client says. All if
 * not set.
 * @param extensions Extensions that an upload's file name may have. All if not set.
 */
@ConfigurationProperties("tus.limits")
public record TusQuotaProperties(@Nullable DataSize maxUnfinishedSize, @Nullable DataSize maxUnfinishedSizePerClient,
		@DefaultValue("0") long maxStored, @DefaultValue("0") long maxStoredPerClient, @Nullable DataSize maxStoredSize,
		@Nullable DataSize maxStoredSizePerClient, @Nullable DataSize maxMetadataSize,
		@DefaultValue("0") int maxMetadataKeys, @DefaultValue List<MimeType> filetypes,
		@DefaultValue List<String> extensions) {

	public TusQuotaProperties {
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

	QuotaLimits toLimits() {
		return new QuotaLimits(bytes(this.maxUnfinishedSize), bytes(this.maxUnfinishedSizePerClient), this.maxStored,
				this.maxStoredPerClient, bytes(this.maxStoredSize), bytes(this.maxStoredSizePerClient));
	}

	MetadataLimits toMetadataLimits() {
		return new MetadataLimits(bytes(this.maxMetadataSize), this.maxMetadataKeys, this.filetypes, this.extensions);
	}

	private static long bytes(@Nullable DataSize size) {
		return (size != null) ? size.toBytes() : 0;
	}

}
