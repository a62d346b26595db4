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

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * The algorithms with which a client can protect its bytes (tus 1.0.0, section Checksum).
 */
public enum ChecksumAlgorithm {

	/** SHA-1, which every server has. */
	SHA1(20, () -> digest("SHA-1")),

	/** SHA-256. */
	SHA256(32, () -> digest("SHA-256")),

	/** SHA-512. */
	SHA512(64, () -> digest("SHA-512")),

	/** MD5. */
	MD5(16, () -> digest("MD5")),

	/** CRC-32 as in ISO 3309, big-endian. */
	CRC32(4, () -> crc(new CRC32())),

	/** CRC-32C (Castagnoli), big-endian. */
	CRC32C(4, () -> crc(new CRC32C()));

	private final int length;

	private final Supplier<Calculation> calculation;

	ChecksumAlgorithm(int length, Supplier<Calculation> calculation) {
		this.length = length;
		this.calculation = calculation;
	}

	/**
	 * Returns the name by which clients call the algorithm.
	 * @return the name in lower case
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns how many bytes a checksum has.
	 * @return the number of bytes
	 */
	public int length() {
		return this.length;
	}

	/**
	 * Begins a calculation.
	 * @return a new calculation
	 */
	public Calculation start() {
		return this.calculation.get();
	}

	/**
	 * Finds an algorithm by its name.
	 * @param id the name in lower case
	 * @return the algorithm, or {@code null} if there is none of this name
	 */
	public static @Nullable ChecksumAlgorithm find(String id) {
		for (ChecksumAlgorithm algorithm : values()) {
			if (algorithm.id().equals(id)) {
				return algorithm;
			}
		}
		return null;
	}

	private static Calculation digest(String name) {
		try {
			MessageDigest digest = MessageDigest.getInstance(name);
			return new Calculation() {

				@Override
				public void update(ByteBuffer bytes) {
					digest.update(bytes);
				}

				@Override
				public byte[] value() {
					return digest.digest();
				}

			};
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Calculation crc(java.util.zip.Checksum crc) {
		return new Calculation() {

			@Override
			public void update(ByteBuffer bytes) {
				crc.update(bytes);
			}

			@Override
			public byte[] value() {
				return ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
			}

		};
	}

	/**
	 * A checksum in the making. Not thread-safe.
	 */
	public interface Calculation {

		/**
		 * Takes all remaining bytes of the buffer.
		 * @param bytes the bytes
		 */
		void update(ByteBuffer bytes);

		/**
		 * Ends the calculation.
		 * @return the checksum of all bytes
		 */
		byte[] value();

	}

}
