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
 * Looks at an upload before it is created, and may change or refuse it. All beans of this
 * type are asked in their order, each with what the one before it returned.
 */
@FunctionalInterface
public interface UploadInterceptor {

	/**
	 * Called before an upload is created, when nothing of it is stored yet.
	 * @param upload the upload that a client asks for
	 * @return the upload to create: the given one, or one with another id or other
	 * metadata
	 * @throws UploadRejectedException to refuse the upload, with the status and the
	 * message that the client will get
	 */
	NewUpload beforeCreate(NewUpload upload);

}
