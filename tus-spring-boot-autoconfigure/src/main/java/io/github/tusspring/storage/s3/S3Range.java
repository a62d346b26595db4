package io.github.tusspring.storage.s3;

/**
 * Bytes of an object.
 *
 * @param bucket the object's bucket
 * @param key the object's key
 * @param from the first byte
 * @param length the number of bytes, from 1
 */
record S3Range(String bucket, String key, long from, long length) {

	String header() {
		return "bytes=" + this.from + "-" + (this.from + this.length - 1);
	}

	S3Range first(long count) {
		return new S3Range(this.bucket, this.key, this.from, count);
	}

	S3Range skip(long count) {
		return new S3Range(this.bucket, this.key, this.from + count, this.length - count);
	}

}
