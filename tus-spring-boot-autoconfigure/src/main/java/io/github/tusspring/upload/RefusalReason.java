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

/**
 * Why a request was refused.
 */
public enum RefusalReason {

	/**
	 * The request isn't one of its protocol's: a header, the method or the media type is
	 * wrong.
	 */
	PROTOCOL,

	/**
	 * There is no such upload, or it isn't the client's.
	 */
	NOT_FOUND,

	/**
	 * The upload has expired or was rejected.
	 */
	GONE,

	/**
	 * Another request has the upload, or it is being delivered.
	 */
	LOCKED,

	/**
	 * A newer request has taken the upload over.
	 */
	TAKEN_OVER,

	/**
	 * The bytes belong elsewhere.
	 */
	OFFSET,

	/**
	 * There is an upload with this id.
	 */
	EXISTS,

	/**
	 * The upload or the body is too large.
	 */
	TOO_LARGE,

	/**
	 * What is said of the upload can't be.
	 */
	INVALID,

	/**
	 * The upload doesn't allow it, or the application doesn't.
	 */
	FORBIDDEN,

	/**
	 * The bytes don't have the checksum.
	 */
	CHECKSUM,

	/**
	 * There are as many uploads or appends as there may be.
	 */
	TOO_MANY,

	/**
	 * There is no room.
	 */
	NO_SPACE,

	/**
	 * The application has refused the upload.
	 */
	REJECTED,

	/**
	 * What keeps the uploads or their locks can't be reached, or has failed.
	 */
	STORAGE;

	/**
	 * Returns why an append's client hears that it was stopped.
	 * @param reason why the append was stopped
	 * @return the reason
	 */
	public static RefusalReason of(StopReason reason) {
		return (reason == StopReason.TAKEN_OVER) ? TAKEN_OVER : STORAGE;
	}

	/**
	 * Returns why a request failed.
	 * @param failure what was thrown
	 * @return the reason
	 */
	public static RefusalReason of(Throwable failure) {
		return (failure instanceof UploadException ex) ? ex.reason() : PROTOCOL;
	}

}
