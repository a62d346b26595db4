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

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.UploadPartCopyRequest;
import software.amazon.awssdk.services.s3.model.UploadPartRequest;

import org.springframework.util.Assert;

/**
 * Names a key of the customer's in each request that writes or reads bytes. Thread-safe.
 */
final class CustomerKey implements S3RequestCustomizer {

	private static final String ALGORITHM = "AES256";

	private static final int LENGTH = 32;

	private final String key;

	private final String digest;

	CustomerKey(byte[] key) {
		Assert.isTrue(key.length == LENGTH, "'key' must have 32 bytes");
		this.key = Base64.getEncoder().encodeToString(key);
		this.digest = Base64.getEncoder().encodeToString(md5(key));
	}

	/**
	 * The store compares it with that of the key that has arrived.
	 */
	private static byte[] md5(byte[] key) {
		try {
			return MessageDigest.getInstance("MD5").digest(key);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void customize(PutObjectRequest.Builder request) {
		request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(this.key).sseCustomerKeyMD5(this.digest);
	}

	@Override
	public void customize(CreateMultipartUploadRequest.Builder request) {
		request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(this.key).sseCustomerKeyMD5(this.digest);
	}

	@Override
	public void customize(UploadPartRequest.Builder request) {
		request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(this.key).sseCustomerKeyMD5(this.digest);
	}

	@Override
	public void customize(UploadPartCopyRequest.Builder request) {
		request.sseCustomerAlgorithm(ALGORITHM)
			.sseCustomerKey(this.key)
			.sseCustomerKeyMD5(this.digest)
			.copySourceSSECustomerAlgorithm(ALGORITHM)
			.copySourceSSECustomerKey(this.key)
			.copySourceSSECustomerKeyMD5(this.digest);
	}

	@Override
	public void customize(CompleteMultipartUploadRequest.Builder request) {
		request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(this.key).sseCustomerKeyMD5(this.digest);
	}

	@Override
	public void customize(GetObjectRequest.Builder request) {
		request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(this.key).sseCustomerKeyMD5(this.digest);
	}

	@Override
	public void customize(HeadObjectRequest.Builder request) {
		request.sseCustomerAlgorithm(ALGORITHM).sseCustomerKey(this.key).sseCustomerKeyMD5(this.digest);
	}

	@Override
	public String toString() {
		return "CustomerKey";
	}

}
