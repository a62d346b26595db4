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

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * Properties of what pages hear of uploads.
 *
 * @param enabled Whether the progress of an upload can be followed as server-sent events
 * at its URL with '/events' behind it.
 * @param maxStreams Number of such streams of events. 0 is any number.
 * @param maxStreamsPerClient Number of one client's such streams. 0 is any number.
 */
@ConfigurationProperties("tus.progress")
public record TusProgressProperties(@DefaultValue("false") boolean enabled, @DefaultValue("1000") int maxStreams,
		@DefaultValue("100") int maxStreamsPerClient) {

	public TusProgressProperties {
		Assert.isTrue(maxStreams >= 0 && maxStreamsPerClient >= 0,
				"'tus.progress.max-streams' and 'tus.progress.max-streams-per-client' must not be negative");
	}

}
