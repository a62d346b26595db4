package io.github.tusspring.upload;

import java.security.MessageDigest;

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

	boolean matches(byte[] actual) {
		return MessageDigest.isEqual(this.value, actual);
	}

}
