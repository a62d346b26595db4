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

import java.util.function.UnaryOperator;

import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadIdGenerator;

/**
 * Makes the upload that a client asks for, in whatever protocol: says whose it is, where
 * it belongs, by which all rules are found, and what its id is. Thread-safe.
 *
 * @param ids makes the ids
 */
record NewUploads(UploadIdGenerator ids) {

	/**
	 * Makes the upload that a client asks for.
	 * @param client who asks, and where
	 * @param wishes adds what the request says
	 * @return the upload
	 */
	NewUpload of(UploadClient client, UnaryOperator<NewUpload.Builder> wishes) {
		NewUpload asked = wishes.apply(NewUpload.builder(this.ids.generate()))
			.owner(client.principal())
			.endpoint(client.endpoint())
			.endpointPattern(client.endpointPattern())
			.remoteAddress(client.remoteAddress())
			.build();
		return asked.withId(this.ids.generate(asked));
	}

}
