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
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Stands for clients that don't wait for the delivery of their uploads: it is made again
 * after a failure or a restart, or they have gone before it began. Thread-safe.
 */
public final class AbsentClients {

	/**
	 * Knows no users: uploads are delivered without one.
	 */
	public static final AbsentClients UNKNOWN = new AbsentClients(UploadGuard.OWNERSHIP, (upload) -> null,
			(user) -> UploadObserver.Scope.NONE);

	private final UploadGuard guard;

	private final Function<Upload, @Nullable Principal> users;

	private final Function<Principal, UploadObserver.Scope> binder;

	/**
	 * Creates an instance.
	 * @param guard decides whether an upload may still be delivered
	 * @param users finds the user in whose name an upload is delivered, if one is known
	 * @param binder binds a user to the calling thread, as in a request of that user's
	 */
	public AbsentClients(UploadGuard guard, Function<Upload, @Nullable Principal> users,
			Function<Principal, UploadObserver.Scope> binder) {
		this.guard = guard;
		this.users = users;
		this.binder = binder;
	}

	/**
	 * Begins to work for the client of an upload, if it is known, and if it may still
	 * have the upload delivered. Otherwise the decision that was made when the last byte
	 * came stands.
	 * @param upload the upload
	 * @return a scope that the same thread has to close
	 * @throws UploadRejectedException if the client has lost that right
	 */
	UploadObserver.Scope stepIn(Upload upload) {
		// No application knows the holder of a signed URL.
		Principal user = UploadGrant.isItsHolders(upload) ? null : this.users.apply(upload);
		if (user == null) {
			return UploadObserver.Scope.NONE;
		}
		UploadClient client = new UploadClient(upload.owner(), upload.endpoint(), upload.endpointPattern(),
				upload.remoteAddress(), user, upload.draft() > 0);
		try {
			this.guard.check(UploadIntent.DELIVER, upload, client);
		}
		catch (UploadForbiddenException | UploadNotFoundException ex) {
			throw new UploadRejectedException(403, String.valueOf(ex.getMessage()));
		}
		return this.binder.apply(user);
	}

}
