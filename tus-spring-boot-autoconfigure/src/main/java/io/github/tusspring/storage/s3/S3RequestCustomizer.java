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

import java.util.List;

import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

import org.springframework.util.Assert;

/**
 * Adds to the requests for objects what the application wants of its store, encryption
 * above all; contents, manifests and all else that is kept in the bucket alike. All beans
 * of this type are called in their order, for each request, after everything else was
 * set. Must be thread-safe, and not change what is set already. Not asked for requests
 * that list, remove, or look at the bucket: what those are to say, too, the client says
 * (see {@link S3ClientCustomizer}).
 */
public interface S3RequestCustomizer {

	/**
	 * Adds to a request that puts an object.
	 * @param request the request
	 */
	default void customize(PutObjectRequest.Builder request) {
	}

	/**
	 * Adds to a request that begins a multipart upload.
	 * @param request the request
	 */
	default void customize(CreateMultipartUploadRequest.Builder request) {
	}

	/**
	 * Adds to a request that puts a part.
	 * @param request the request
	 */
	default void customize(UploadPartRequest.Builder request) {
	}

	/**
	 * Adds to a request that makes a part of an object that is there.
	 * @param request the request
	 */
	default void customize(UploadPartCopyRequest.Builder request) {
	}

	/**
	 * Adds to a request that makes an object of its parts.
	 * @param request the request
	 */
	default void customize(CompleteMultipartUploadRequest.Builder request) {
	}

	/**
	 * Adds to a request that gets an object, or a range of one.
	 * @param request the request
	 */
	default void customize(GetObjectRequest.Builder request) {
	}

	/**
	 * Adds to a request that asks about an object.
	 * @param request the request
	 */
	default void customize(HeadObjectRequest.Builder request) {
	}

	/**
	 * Returns a customizer that has the store encrypt with keys of its own (SSE-S3).
	 * @return the customizer
	 */
	static S3RequestCustomizer storeKey() {
		return new S3RequestCustomizer() {

			@Override
			public void customize(PutObjectRequest.Builder request) {
				request.serverSideEncryption(ServerSideEncryption.AES256);
			}

			@Override
			public void customize(CreateMultipartUploadRequest.Builder request) {
				request.serverSideEncryption(ServerSideEncryption.AES256);
			}

		};
	}

	/**
	 * Returns a customizer that has the store encrypt with a key of a key service
	 * (SSE-KMS).
	 * @param keyId the key's id or ARN
	 * @return the customizer
	 */
	static S3RequestCustomizer kmsKey(String keyId) {
		Assert.hasText(keyId, "'keyId' must not be empty");
		return new S3RequestCustomizer() {

			@Override
			public void customize(PutObjectRequest.Builder request) {
				request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(keyId);
			}

			@Override
			public void customize(CreateMultipartUploadRequest.Builder request) {
				request.serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(keyId);
			}

		};
	}

	/**
	 * Returns a customizer that has the store encrypt with a key that it is told with
	 * each request and doesn't keep (SSE-C). Stores take it by HTTPS only.
	 * @param key the key, of 256 bits
	 * @return the customizer
	 */
	static S3RequestCustomizer customerKey(byte[] key) {
		return new CustomerKey(key);
	}

	/**
	 * Returns customizers as one.
	 * @param customizers the customizers, in their order
	 * @return the customizer
	 */
	static S3RequestCustomizer of(List<S3RequestCustomizer> customizers) {
		return new S3RequestCustomizer() {

			@Override
			public void customize(PutObjectRequest.Builder request) {
				customizers.forEach((customizer) -> customizer.customize(request));
			}

			@Override
			public void customize(CreateMultipartUploadRequest.Builder request) {
				customizers.forEach((customizer) -> customizer.customize(request));
			}

			@Override
			public void customize(UploadPartRequest.Builder request) {
				customizers.forEach((customizer) -> customizer.customize(request));
			}

			@Override
			public void customize(UploadPartCopyRequest.Builder request) {
				customizers.forEach((customizer) -> customizer.customize(request));
			}

			@Override
			public void customize(CompleteMultipartUploadRequest.Builder request) {
				customizers.forEach((customizer) -> customizer.customize(request));
			}

			@Override
			public void customize(GetObjectRequest.Builder request) {
				customizers.forEach((customizer) -> customizer.customize(request));
			}

			@Override
			public void customize(HeadObjectRequest.Builder request) {
				customizers.forEach((customizer) -> customizer.customize(request));
			}

		};
	}

}
