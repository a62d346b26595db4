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

import java.util.List;

/**
 * Stands before every upload: asks whose it is, and then the application's
 * {@link UploadAuthorizer authorizers}. Thread-safe.
 */
public final class UploadGuard {

	/**
	 * Lets everybody do everything with uploads of their own.
	 */
	public static final UploadGuard OWNERSHIP = new UploadGuard(List.of());

	private final List<UploadAuthorizer> authorizers;

	/**
	 * Creates a guard.
	 * @param authorizers asked in their order
	 */
	public UploadGuard(List<UploadAuthorizer> authorizers) {
		this.authorizers = List.copyOf(authorizers);
	}

	/**
	 * Checks what a client wants to do with an upload.
	 * @param intent what it wants to do
	 * @param upload the upload
	 * @param client who it is
	 * @throws UploadNotFoundException if the client may not know of the upload
	 * @throws UploadForbiddenException if the client may know of it and not do that
	 */
	public void check(UploadIntent intent, Upload upload, UploadClient client) {
		if (!client.mayReach(upload)) {
			throw new UploadNotFoundException(upload.id());
		}
		try {
			authorize(intent, upload, client);
		}
		catch (UploadForbiddenException ex) {
			if (intent == UploadIntent.INSPECT || !mayInspect(upload, client)) {
				throw new UploadNotFoundException(upload.id());
			}
			throw ex;
		}
	}

	/**
	 * Checks a client's wish to create an upload.
	 * @throws UploadForbiddenException if it may not
	 */
	void checkCreation(NewUpload upload, UploadClient client) {
		if (client.user() instanceof UploadGrant grant) {
			grant.check(upload);
		}
		else {
			authorize(UploadAccess.toCreate(upload, client));
		}
	}

	/**
	 * Whether a client may know of an upload.
	 */
	boolean mayInspect(Upload upload, UploadClient client) {
		if (!client.mayReach(upload)) {
			return false;
		}
		try {
			authorize(UploadIntent.INSPECT, upload, client);
			return true;
		}
		catch (UploadForbiddenException | UploadNotFoundException ex) {
			return false;
		}
	}

	private void authorize(UploadIntent intent, Upload upload, UploadClient client) {
		if (client.user() instanceof UploadGrant grant) {
			// Who signed the URL has decided.
			grant.check(intent, upload);
		}
		else {
			authorize(UploadAccess.of(intent, upload, client));
		}
	}

	private void authorize(UploadAccess access) {
		this.authorizers.forEach((authorizer) -> authorizer.authorize(access));
	}

}
