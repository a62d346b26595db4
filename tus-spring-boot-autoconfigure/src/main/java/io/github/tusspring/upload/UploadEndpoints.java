package io.github.tusspring.upload;

import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.util.AntPathMatcher;

/**
 * The application's own endpoints that take uploads. Thread-safe.
 */
public final class UploadEndpoints {

	/**
	 * No endpoint: every upload is delivered as an event.
	 */
	public static final UploadEndpoints NONE = new UploadEndpoints(List.of());

	/**
	 * Stands for no endpoint of the application's own, where endpoints are named.
	 */
	public static final String DEFAULT = "default";

	private static final String OTHER = "other";

	private final AntPathMatcher matcher = new AntPathMatcher();

	private final List<UploadEndpoint> endpoints;

	/**
	 * Creates an instance.
	 * @param endpoints the endpoints, of which no two have paths in common
	 */
	public UploadEndpoints(Collection<UploadEndpoint> endpoints) {
		this.endpoints = List.copyOf(endpoints);
	}

	/**
	 * Finds an endpoint.
	 * @param path the path that an upload names, or {@code null}
	 * @return the endpoint, or {@code null} if there is none: an upload may have been
	 * made for one that is not configured any more
	 */
	@Nullable UploadEndpoint find(@Nullable String path) {
		if (path != null) {
			for (UploadEndpoint endpoint : this.endpoints) {
				if (endpoint.path().equals(path) || this.matcher.match(endpoint.path(), path)) {
					return endpoint;
				}
			}
		}
		return null;
	}

	/**
	 * Returns the paths of the endpoints.
	 * @return the paths, as they are configured
	 */
	public List<String> paths() {
		return this.endpoints.stream().map(UploadEndpoint::path).toList();
	}

	/**
	 * Returns what an endpoint is called where its path's variables must not be seen.
	 * @param path the path that an upload names, or {@code null}
	 * @return the endpoint's path as it is configured, {@link #DEFAULT}, or {@code other}
	 * if the path isn't configured
	 */
	public String template(@Nullable String path) {
		if (path == null) {
			return DEFAULT;
		}
		UploadEndpoint endpoint = find(path);
		return (endpoint != null) ? endpoint.path() : OTHER;
	}

	/**
	 * Whether the content of an upload is of no use any more.
	 */
	boolean isSpent(Upload upload) {
		UploadEndpoint endpoint = find(upload.endpoint());
		return endpoint != null && !endpoint.keep() && upload.state() == UploadState.COMPLETED && !upload.isPartial();
	}

}
