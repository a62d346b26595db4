package io.github.tusspring.storage.s3;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Where the content of an upload lies.
 *
 * @param bucket the bucket's name, or {@code null} for the storage's own
 * @param key the object's key below the storage's prefix, 1 to {@value #MAX_LENGTH}
 * characters
 */
public record S3Location(@Nullable String bucket, String key) {

	/**
	 * The longest key: S3's 1,024 bytes less room for a prefix.
	 */
	public static final int MAX_LENGTH = 700;

	public S3Location {
		Assert.hasText(key, "'key' must not be empty");
		Assert.isTrue(key.length() <= MAX_LENGTH, () -> "'key' must not be longer than " + MAX_LENGTH);
		Assert.isTrue(!key.endsWith(".info") && !key.contains(".info.") && !key.startsWith(".due/"),
				() -> "'key' must not be that of a manifest: " + key);
	}

	/**
	 * Returns a location in the storage's own bucket.
	 * @param key the object's key below the storage's prefix
	 * @return the location
	 */
	public static S3Location of(String key) {
		return new S3Location(null, key);
	}

}
