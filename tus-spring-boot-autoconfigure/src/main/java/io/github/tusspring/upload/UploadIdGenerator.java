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

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes the ids of new uploads. An id is all that protects an upload of nobody in
 * particular, so it should not be possible to guess it. Implementations are thread-safe.
 */
@FunctionalInterface
public interface UploadIdGenerator {

	/**
	 * Returns an id that no other upload has.
	 * @return the id
	 */
	UploadId generate();

	/**
	 * Returns the id of an upload, which may say something of what a client asks for:
	 * whose it is, or of which kind.
	 * @param upload what the client asks for, with the id that {@link #generate()} made
	 * @return an id that no other upload has
	 */
	default UploadId generate(NewUpload upload) {
		return upload.id();
	}

	/**
	 * Returns a generator of 128 random bits in hexadecimal digits.
	 * @return the generator
	 */
	static UploadIdGenerator random() {
		SecureRandom random = new SecureRandom();
		return () -> {
			byte[] bits = new byte[16];
			random.nextBytes(bits);
			return new UploadId(HexFormat.of().formatHex(bits));
		};
	}

}
