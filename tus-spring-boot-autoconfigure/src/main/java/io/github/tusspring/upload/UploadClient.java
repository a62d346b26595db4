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

import java.security.Principal;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Who asks for an upload, and where.
 *
 * @param principal whose uploads the client creates and may reach, by default the name of
 * its principal, or {@code null}
 * @param endpoint the path of the application's own endpoint at which the client asks, or
 * {@code null}
 * @param endpointPattern the path under which that endpoint is configured, or
 * {@code null} if it isn't
 * @param remoteAddress the client's address, or {@code null} if it isn't known
 * @param user the client as the server knows it, or {@code null} if it doesn't
 * @param draft whether the client speaks Resumable Uploads for HTTP rather than tus: the
 * two never mix on one upload
 */
public record UploadClient(@Nullable String principal, @Nullable String endpoint, @Nullable String endpointPattern,
		@Nullable String remoteAddress, @Nullable Principal user, boolean draft) {

	/**
	 * A client without a principal that asks at no endpoint of the application's own.
	 */
	public static final UploadClient ANONYMOUS = new UploadClient(null, null);

	/**
	 * Creates an instance for a client whose address isn't known.
	 * @param principal the name of the client's principal, or {@code null}
	 * @param endpoint the path of the application's own endpoint at which the client
	 * asks, or {@code null}
	 */
	public UploadClient(@Nullable String principal, @Nullable String endpoint) {
		this(principal, endpoint, null, null, null, false);
	}

	/**
	 * Creates an instance for a client that speaks tus.
	 * @param principal whose uploads the client creates and may reach, or {@code null}
	 * @param endpoint the path of the application's own endpoint at which the client
	 * asks, or {@code null}
	 * @param endpointPattern the path under which that endpoint is configured, or
	 * {@code null} if it isn't
	 * @param remoteAddress the client's address, or {@code null} if it isn't known
	 * @param user the client as the server knows it, or {@code null} if it doesn't
	 */
	public UploadClient(@Nullable String principal, @Nullable String endpoint, @Nullable String endpointPattern,
			@Nullable String remoteAddress, @Nullable Principal user) {
		this(principal, endpoint, endpointPattern, remoteAddress, user, false);
	}

	/**
	 * Returns this client as one that speaks Resumable Uploads for HTTP.
	 * @return the changed client
	 */
	public UploadClient withDraft() {
		return new UploadClient(this.principal, this.endpoint, this.endpointPattern, this.remoteAddress, this.user,
				true);
	}

	/**
	 * Returns what a client's uploads, requests and streams are counted by.
	 * @return the principal or else the address, or {@code null} if neither is known
	 */
	public @Nullable String key() {
		return key(this.principal, this.remoteAddress);
	}

	/**
	 * Returns what an upload is counted by.
	 */
	static @Nullable String key(NewUpload upload) {
		return key(upload.owner(), upload.remoteAddress());
	}

	private static @Nullable String key(@Nullable String principal, @Nullable String remoteAddress) {
		// A principal must not be able to pass for an address.
		return (principal != null) ? "principal " + principal : remoteAddress;
	}

	/**
	 * Whether an upload is one of the client's. To others it does not exist.
	 * @param upload the upload
	 * @return {@code true} if it is the client's, of this endpoint and of its protocol
	 */
	public boolean mayReach(Upload upload) {
		return (upload.owner() == null || upload.owner().equals(this.principal))
				&& Objects.equals(upload.endpoint(), this.endpoint) && (upload.draft() > 0) == this.draft;
	}

}
