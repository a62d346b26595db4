package io.github.tusspring.web;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/**
 * Handles requests of other origins' pages where they are for uploads, and leaves all
 * others to the application: {@link CorsFilter} itself would answer every preflight
 * request.
 */
public final class UploadCorsFilter extends CorsFilter {

	private final CorsConfigurationSource source;

	/**
	 * Creates a filter.
	 * @param source has a configuration for the requests that are for uploads
	 */
	public UploadCorsFilter(CorsConfigurationSource source) {
		super(source);
		this.source = source;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return this.source.getCorsConfiguration(request) == null;
	}

}
