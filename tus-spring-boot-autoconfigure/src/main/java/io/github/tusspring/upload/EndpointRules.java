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

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What holds for the uploads of each of the application's own endpoints. Which endpoint a
 * request is for is found out elsewhere. Thread-safe.
 */
public final class EndpointRules {

	/**
	 * No endpoint: every upload is delivered as an event.
	 */
	public static final EndpointRules NONE = new EndpointRules(List.of());

	/**
	 * Stands for no endpoint of the application's own, where endpoints are named.
	 */
	public static final String DEFAULT = "default";

	private static final String OTHER = "other";

	private final Map<String, EndpointRule> endpoints = new LinkedHashMap<>();

	/**
	 * Creates an instance.
	 * @param endpoints the endpoints, no two of which have paths in common
	 */
	public EndpointRules(Collection<EndpointRule> endpoints) {
		endpoints.forEach((endpoint) -> this.endpoints.put(endpoint.path(), endpoint));
	}

	/**
	 * Finds an endpoint. No path is matched here: whoever has matched that of a request
	 * knows the pattern.
	 * @param pattern the path under which the endpoint is configured, or {@code null}
	 * @return the endpoint, or {@code null} if there is none: an upload may have been
	 * made for one that is not configured any more
	 */
	@Nullable EndpointRule find(@Nullable String pattern) {
		return (pattern != null) ? this.endpoints.get(pattern) : null;
	}

	/**
	 * Returns the paths of the endpoints.
	 * @return the paths, as they are configured
	 */
	public List<String> paths() {
		return List.copyOf(this.endpoints.keySet());
	}

	/**
	 * Returns what an endpoint is called where its path's variables must not be seen.
	 * @param path the path that an upload names, or {@code null}
	 * @param pattern the path under which the endpoint is configured, or {@code null}
	 * @return the endpoint's path as it is configured, {@link #DEFAULT}, or {@code other}
	 * if the path isn't configured
	 */
	public String template(@Nullable String path, @Nullable String pattern) {
		if (path == null) {
			return DEFAULT;
		}
		EndpointRule endpoint = find(pattern);
		return (endpoint != null) ? endpoint.path() : OTHER;
	}

	/**
	 * Whether the content of an upload is no longer needed.
	 */
	boolean isSpent(Upload upload) {
		EndpointRule endpoint = find(upload.endpointPattern());
		return endpoint != null && !endpoint.keep() && upload.state() == UploadState.COMPLETED && !upload.isPartial();
	}

}
