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

package io.github.tusspring.storage.s3;

import io.github.tusspring.upload.NewUpload;

/**
 * Says where the content of a new upload is going to lie: below a tenant's name, a date,
 * or in a bucket of its own. Asked once for each upload. What it says must be unique to
 * the upload, so the upload's id should be in it. The upload's manifest lies where it
 * always does. Implementations are thread-safe.
 */
@FunctionalInterface
public interface S3KeyStrategy {

	/**
	 * Returns where the content of an upload is going to lie.
	 * @param upload the new upload
	 * @return the location
	 */
	S3Location locate(NewUpload upload);

}
