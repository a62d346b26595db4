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
 * What has become of an upload that a request has created or appended to: either all is
 * {@link Settled settled}, or the upload is full and its {@link Delivery} to an endpoint
 * of the application's own was begun, which the caller has to end.
 */
public sealed interface UploadOutcome permits UploadOutcome.Settled, Delivery {

	/**
	 * Returns the upload.
	 * @return the upload as it is now
	 */
	Upload upload();

	/**
	 * There is nothing left to do: bytes are missing, or the upload is finished.
	 *
	 * @param upload the upload
	 */
	record Settled(Upload upload) implements UploadOutcome {
	}

}
