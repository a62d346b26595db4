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

import java.security.MessageDigest;
import java.util.Base64;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A checksum that bytes are expected to have.
 *
 * @param algorithm the algorithm
 * @param value the expected value
 */
public record Checksum(ChecksumAlgorithm algorithm, byte[] value) {

	public Checksum {
		Assert.isTrue(value.length == algorithm.length(),
				() -> "A " + algorithm.id() + " checksum must have " + algorithm.length() + " bytes");
	}

	/**
	 * Writes a checksum as a storage keeps it: the algorithm and the value in Base64.
	 * @param checksum the checksum or {@code null}
	 * @return the text, or {@code null} if there is no checksum
	 */
	public static @Nullable String write(@Nullable Checksum checksum) {
		return (checksum != null)
				? checksum.algorithm().id() + " " + Base64.getEncoder().encodeToString(checksum.value()) : null;
	}

	/**
	 * Reads a checksum that was {@link #write written}.
	 * @param text the text or {@code null}
	 * @return the checksum, or {@code null} if there is no text
	 * @throws IllegalArgumentException if it is malformed
	 */
	public static @Nullable Checksum read(@Nullable String text) {
		if (text == null) {
			return null;
		}
		String[] words = text.split(" ");
		ChecksumAlgorithm algorithm = ChecksumAlgorithm.find(words[0]);
		Assert.isTrue(algorithm != null && words.length == 2, "A checksum must have an algorithm and a value");
		return new Checksum(algorithm, Base64.getDecoder().decode(words[1]));
	}

	boolean matches(byte[] actual) {
		return MessageDigest.isEqual(this.value, actual);
	}

}
