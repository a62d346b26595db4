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

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import io.github.tusspring.upload.UploadGrant;
import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Writes grants and their signatures into URLs, and reads them. Thread-safe.
 */
final class GrantSigner {

	private static final String ALGORITHM = "HmacSHA256";

	private static final int MIN_KEY_LENGTH = 32;

	private static final int FIELDS = 7;

	private final List<SecretKeySpec> keys;

	/**
	 * Creates a signer.
	 * @param keys the keys, of 32 characters or more: the first signs, all are accepted
	 */
	GrantSigner(List<String> keys) {
		Assert.notEmpty(keys, "'keys' must not be empty");
		keys.forEach((key) -> Assert.isTrue(key.length() >= MIN_KEY_LENGTH,
				() -> "'keys' must have " + MIN_KEY_LENGTH + " characters or more each"));
		this.keys = keys.stream()
			.map((key) -> new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), ALGORITHM))
			.toList();
	}

	/**
	 * Writes a grant and its signature.
	 * @param grant what is granted
	 * @param path the path at which it is good
	 * @return the text, which needs no encoding in a URL
	 */
	String sign(UploadGrant grant, String path) {
		String text = String.join("&", grant.kind().name(), grant.id().toString(),
				Long.toString(grant.expires().getEpochSecond()), Long.toString(grant.maxSize()),
				encode(String.join(",", grant.filetypes())), (grant.owner() != null) ? "1" : "0",
				encode((grant.owner() != null) ? grant.owner() : ""));
		return base64(text.getBytes(StandardCharsets.UTF_8)) + "." + base64(signature(this.keys.get(0), text, path));
	}

	/**
	 * Reads a grant.
	 * @return the grant, or {@code null} if none was signed so for this path
	 */
	@Nullable UploadGrant verify(String value, String path) {
		int dot = value.indexOf('.');
		try {
			String text = new String(Base64.getUrlDecoder().decode(value.substring(0, Math.max(dot, 0))),
					StandardCharsets.UTF_8);
			byte[] signature = Base64.getUrlDecoder().decode(value.substring(dot + 1));
			boolean ours = this.keys.stream()
				.anyMatch((key) -> MessageDigest.isEqual(signature(key, text, path), signature));
			return ours ? read(text.split("&", -1)) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private static @Nullable UploadGrant read(String[] fields) {
		if (fields.length != FIELDS) {
			return null;
		}
		UploadId id = UploadId.of(fields[1]);
		Instant expires = Instant.ofEpochSecond(Long.parseLong(fields[2]));
		String owner = fields[5].equals("1") ? decode(fields[6]) : null;
		if (fields[0].equals(UploadGrant.Kind.DOWNLOAD.name())) {
			return UploadGrant.toDownload(id, owner, expires);
		}
		UploadGrant grant = UploadGrant.toCreate(id, expires);
		long maxSize = Long.parseLong(fields[3]);
		grant = (maxSize > 0) ? grant.maxSize(maxSize) : grant;
		grant = grant.filetypes(StringUtils.tokenizeToStringArray(decode(fields[4]), ","));
		return (owner != null) ? grant.owner(owner) : grant;
	}

	private static byte[] signature(SecretKeySpec key, String text, String path) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(key);
			mac.update(path.getBytes(StandardCharsets.UTF_8));
			mac.update((byte) 0);
			return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String base64(byte[] bytes) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
	}

	private static String encode(String text) {
		return URLEncoder.encode(text, StandardCharsets.UTF_8);
	}

	private static String decode(String text) {
		return URLDecoder.decode(text, StandardCharsets.UTF_8);
	}

}
