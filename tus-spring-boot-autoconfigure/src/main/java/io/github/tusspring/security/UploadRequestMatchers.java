package io.github.tusspring.security;

import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * What the matchers of {@link TusRequest} match in one application.
 *
 * @param uploads matches requests to {@code tus.path} and below
 * @param endpoints matches requests for resumable uploads to the application's own
 * endpoints
 * @param signed matches those of both whose URL is signed
 */
public record UploadRequestMatchers(RequestMatcher uploads, RequestMatcher endpoints, RequestMatcher signed) {
}
