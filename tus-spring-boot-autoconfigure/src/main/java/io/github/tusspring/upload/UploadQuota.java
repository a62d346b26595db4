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
 * Decides whether an upload may take as much room as it is going to. All beans of this
 * type are asked in their order, after the limits of the configuration: when an upload is
 * created, when its length is declared, and while the bytes of one without a length come
 * in. Must be thread-safe and quick.
 */
@FunctionalInterface
public interface UploadQuota {

	/**
	 * Checks an upload.
	 * @param demand what the upload takes
	 * @throws UploadRejectedException to refuse it, with the status and the message that
	 * the client will get. Bytes that have come before stay until the upload expires
	 */
	void check(UploadDemand demand);

}
