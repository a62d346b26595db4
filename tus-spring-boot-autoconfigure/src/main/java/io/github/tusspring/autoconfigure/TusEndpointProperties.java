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

import io.github.tusspring.upload.EndpointRule;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.Assert;
import org.springframework.util.MimeType;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * An endpoint of the application's own that is made resumable.
 *
 * @param path Path of the endpoint, below the context path and the servlet's path. May
 * have variables for single segments, such as '/projects/{project}/documents'.
 * @param method Method of the request that the endpoint's handler gets.
 * @param deliver What the handler gets as the body.
 * @param keep Whether the content is kept when the handler has taken it.
 * @param maxSize Largest upload that the endpoint accepts. That of all uploads if not
 * set.
 * @param metadata What clients have to say about their uploads.
 * @param expiration When uploads to the endpoint expire.
 */
public record TusEndpointProperties(String path, @DefaultValue("POST") Method method,
		@DefaultValue("file") Deliver deliver, @DefaultValue("false") boolean keep, @Nullable DataSize maxSize,
		@DefaultValue Metadata metadata, @DefaultValue Expiration expiration) {

	public TusEndpointProperties {
		Assert.isTrue(path != null && path.matches("(/([^/{}*?#;%\\s]+|\\{[A-Za-z0-9_-]+}))+/?"),
				"'tus.endpoints[].path' must start with a slash and name a path, such as '/documents' or "
						+ "'/projects/{project}/documents'");
		path = StringUtils.trimTrailingCharacter(path, '/');
		Assert.isTrue(maxSize == null || maxSize.toBytes() > 0,
				"'tus.endpoints[].max-size' must be greater than 0: leave it out to accept what 'tus.max-size' does");
	}

	EndpointRule toEndpoint() {
		return new EndpointRule(this.path, TusProperties.bytes(this.maxSize), this.expiration.after(), this.keep,
				this.metadata.required(), this.metadata.filetypes());
	}

	/**
	 * Methods that an endpoint's handler may have.
	 */
	public enum Method {

		/**
		 * POST.
		 */
		POST,

		/**
		 * PUT.
		 */
		PUT

	}

	/**
	 * What an endpoint's handler gets as the body.
	 */
	public enum Deliver {

		/**
		 * The content.
		 */
		FILE,

		/**
		 * The path of the file that has the content, as text.
		 */
		PATH

	}

	/**
	 * What clients have to say about their uploads.
	 *
	 * @param required Keys that Upload-Metadata must have, with a value.
	 * @param filetypes Media types that the value of 'filetype' may have, such as
	 * 'image/*'. All if not set.
	 */
	public record Metadata(@DefaultValue List<String> required, @DefaultValue List<MimeType> filetypes) {
	}

	/**
	 * When uploads to the endpoint expire.
	 *
	 * @param after How long an upload is kept that its handler has not taken. 0 keeps it
	 * for ever. That of all uploads if not set. If a duration suffix is not specified,
	 * seconds are used.
	 */
	public record Expiration(@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration after) {

		public Expiration {
			Assert.isTrue(after == null || !after.isNegative(),
					"'tus.endpoints[].expiration.after' must not be negative: 0 keeps uploads for ever");
			TusProperties.checkLimit("endpoints[].expiration.after", after);
		}

	}

}
