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

package io.github.tusspring.web;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadGrant;
import io.github.tusspring.upload.UploadIdGenerator;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Makes URLs with which whoever has them may create and fill one upload, or download one,
 * until a time: for a page without a session, or another service's user. A URL is signed
 * with HMAC-SHA256 and good at its own path only. Thread-safe.
 *
 * <pre class="code">
 * String url = this.signedUrls.toCreate(Duration.ofHours(1), (grant) -&gt; grant.maxSize(10_000_000).filetypes("image/*"));
 * </pre>
 */
public final class SignedUploadUrls {

	/**
	 * The query parameter that has the grant and its signature.
	 */
	public static final String PARAMETER = "tus-grant";

	/**
	 * The request attribute that has the value of a grant that was good.
	 */
	private static final String ACCEPTED = SignedUploadUrls.class.getName() + ".ACCEPTED";

	private final GrantSigner signer;

	private final String contextPath;

	private final String path;

	private final UploadIdGenerator ids;

	private final Clock clock;

	private final Duration remembered;

	/**
	 * Creates an instance.
	 * @param keys the keys, of 32 characters or more: the first signs, all are accepted
	 * @param contextPath the application's context path
	 * @param path the creation URL's path below it
	 * @param ids makes the ids of uploads
	 * @param clock says what the time is
	 * @param remembered how long it is remembered that there has been an upload: no URL
	 * to create one is good for longer
	 */
	public SignedUploadUrls(List<String> keys, String contextPath, String path, UploadIdGenerator ids, Clock clock,
			Duration remembered) {
		this.signer = new GrantSigner(keys);
		this.contextPath = contextPath;
		this.path = path;
		this.ids = ids;
		this.clock = clock;
		this.remembered = remembered;
	}

	/**
	 * Makes a URL to create and fill one upload.
	 * @param validity how long it is good
	 * @param terms says what the upload may be
	 * @return the URL, from the root of the server
	 * @throws IllegalArgumentException if that is longer than it is remembered that there
	 * has been an upload
	 */
	public String toCreate(Duration validity, Terms terms) {
		return toCreate(this.path, validity, terms);
	}

	/**
	 * Makes a URL to create and fill one upload for an endpoint of the application's own.
	 * @param endpoint the endpoint's path below the context path, as in a URL
	 * @param validity how long it is good
	 * @param terms says what the upload may be
	 * @return the URL, from the root of the server
	 * @throws IllegalArgumentException if that is longer than it is remembered that there
	 * has been an upload
	 */
	public String toCreate(String endpoint, Duration validity, Terms terms) {
		Assert.isTrue(validity.compareTo(this.remembered) <= 0,
				() -> "'validity' must not be longer than " + this.remembered + ", after which nobody knows that a URL "
						+ "was used: raise 'tus.expiration.after' (and 'completed-after'), or make the URL later");
		UploadGrant grant = terms.apply(UploadGrant.toCreate(this.ids.generate(), expires(validity)));
		return this.contextPath + endpoint + "?" + PARAMETER + "=" + this.signer.sign(grant, endpoint);
	}

	/**
	 * Makes a URL to download an upload, where downloads are on.
	 * @param upload the upload
	 * @param validity how long it is good
	 * @return the URL, from the root of the server
	 */
	public String toDownload(Upload upload, Duration validity) {
		UploadGrant grant = UploadGrant.toDownload(upload.id(), upload.owner(), expires(validity));
		return this.contextPath + this.path + "/" + upload.id() + "?" + PARAMETER + "="
				+ this.signer.sign(grant, this.path);
	}

	private Instant expires(Duration validity) {
		return this.clock.instant().plus(validity);
	}

	/**
	 * Whether a request has a signature of ours, for its path and this time.
	 * @param request the request
	 * @return {@code true} if its holder may do what was granted
	 */
	public boolean isSigned(HttpServletRequest request) {
		String uri = request.getRequestURI();
		String path = StringUtils.trimTrailingCharacter(uri.substring(request.getContextPath().length()), '/');
		UploadGrant creation = grant(request, path);
		if (creation != null && creation.refusal() == null) {
			return creation.kind() == UploadGrant.Kind.CREATE;
		}
		return isSigned(request, path);
	}

	/**
	 * Whether a request to follow an upload has the signature of that.
	 * @param request the request
	 * @return {@code true} if its holder may do what was granted
	 */
	public boolean isSignedToFollow(HttpServletRequest request) {
		String path = request.getRequestURI().substring(request.getContextPath().length());
		return request.getMethod().equals("GET") && path.endsWith(ProgressHandler.SUFFIX)
				&& isSigned(request, path.substring(0, path.length() - ProgressHandler.SUFFIX.length()));
	}

	private boolean isSigned(HttpServletRequest request, String upload) {
		int slash = upload.lastIndexOf('/');
		UploadGrant grant = (slash > 0) ? grant(request, upload.substring(0, slash)) : null;
		return grant != null && grant.refusal() == null && upload.endsWith("/" + grant.id());
	}

	/**
	 * Reads the grant of a request.
	 * @return the grant, which may be one to do nothing, or {@code null} if the request
	 * names none
	 */
	@Nullable UploadGrant grant(HttpServletRequest request, String path) {
		String value = parameter(request.getQueryString());
		if (value == null) {
			return null;
		}
		UploadGrant grant = this.signer.verify(value, path);
		if (grant == null) {
			return UploadGrant.refused("The URL's signature is not valid");
		}
		// What was good when the request came is good until it ends.
		if (!value.equals(request.getAttribute(ACCEPTED))) {
			if (!grant.expires().isAfter(this.clock.instant())) {
				return UploadGrant.refused("The URL has expired");
			}
			request.setAttribute(ACCEPTED, value);
		}
		return grant;
	}

	/**
	 * Returns our parameter. Not by the request, which would read a form's body.
	 */
	private static @Nullable String parameter(@Nullable String query) {
		for (String pair : StringUtils.tokenizeToStringArray(query, "&")) {
			if (pair.startsWith(PARAMETER + "=")) {
				return pair.substring(PARAMETER.length() + 1);
			}
		}
		return null;
	}

	/**
	 * Says what an upload may be.
	 */
	@FunctionalInterface
	public interface Terms {

		/**
		 * Says what an upload may be.
		 * @param grant a grant for an upload of any size and type, of nobody's
		 * @return the grant to sign
		 */
		UploadGrant apply(UploadGrant grant);

	}

}
