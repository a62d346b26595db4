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
