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

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.UploadPartCopyResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/**
 * Finds out answers whose connection has ended within them. The SDK's Netty client takes
 * them where that is within the head, and then there are no more headers and no body: an
 * upload whose manifest is empty would be gone for its client, and a write on the
 * condition of no tag would have no condition.
 */
final class WholeAnswers {

	private WholeAnswers() {
	}

	/**
	 * Returns the answer.
	 * @throws SdkClientException if it lacks its end
	 */
	static <T> T check(T answer) {
		if (!isWhole(answer)) {
			throw lacksItsEnd(answer);
		}
		return answer;
	}

	static SdkClientException lacksItsEnd(@Nullable Object answer) {
		return SdkClientException.create("An answer has no end: " + answer);
	}

	private static boolean isWhole(Object answer) {
		if (answer instanceof ResponseBytes<?> bytes && bytes.response() instanceof GetObjectResponse response) {
			return Long.valueOf(bytes.asByteArrayUnsafe().length).equals(response.contentLength());
		}
		if (answer instanceof HeadObjectResponse response) {
			return response.contentLength() != null && response.eTag() != null;
		}
		if (answer instanceof PutObjectResponse response) {
			return response.eTag() != null;
		}
		if (answer instanceof UploadPartResponse response) {
			return response.eTag() != null;
		}
		if (answer instanceof UploadPartCopyResponse response) {
			return response.copyPartResult() != null && response.copyPartResult().eTag() != null;
		}
		if (answer instanceof CreateMultipartUploadResponse response) {
			return response.uploadId() != null;
		}
		if (answer instanceof CompleteMultipartUploadResponse response) {
			return response.eTag() != null;
		}
		if (answer instanceof ListObjectsV2Response response) {
			return response.isTruncated() != null;
		}
		if (answer instanceof ListMultipartUploadsResponse response) {
			return response.isTruncated() != null;
		}
		return true;
	}

}
