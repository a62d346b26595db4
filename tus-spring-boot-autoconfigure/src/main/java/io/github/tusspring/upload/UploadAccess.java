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

import org.jspecify.annotations.Nullable;

/**
 * A client's wish to do something with an upload, of which {@link #metadata()} and
 * {@link #owner()} tell whether it is there already or not. Immutable.
 *
 * @param intent what the client wants to do
 * @param client who it is
 * @param upload the upload, or {@code null} as long as it is to be created
 * @param creation the upload that is to be created, or {@code null} if there is one
 */
public record UploadAccess(UploadIntent intent, UploadClient client, @Nullable Upload upload,
		@Nullable NewUpload creation) {

	static UploadAccess of(UploadIntent intent, Upload upload, UploadClient client) {
		return new UploadAccess(intent, client, upload, null);
	}

	static UploadAccess toCreate(NewUpload creation, UploadClient client) {
		return new UploadAccess(UploadIntent.CREATE, client, null, creation);
	}

	/**
	 * Returns who asks, as the server knows it: with Spring Security, its authentication.
	 * @return the principal, or {@code null} for one who is not known
	 */
	public @Nullable Principal user() {
		return this.client.user();
	}

	/**
	 * Returns what the client that created the upload says, or that creates it.
	 * @return the metadata
	 */
	public UploadMetadata metadata() {
		NewUpload asked = asked();
		return (asked != null) ? asked.metadata() : UploadMetadata.EMPTY;
	}

	/**
	 * Returns whose the upload is or is going to be.
	 * @return the owner or {@code null}
	 */
	public @Nullable String owner() {
		NewUpload asked = asked();
		return (asked != null) ? asked.owner() : null;
	}

	/**
	 * Returns what is asked for where the upload is created, or was then.
	 */
	private @Nullable NewUpload asked() {
		return (this.upload != null) ? this.upload.asked() : this.creation;
	}

}
