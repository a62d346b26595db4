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

import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

/**
 * An object with bytes that are no part yet. Its name is
 * {@code <id>.part.<generation>.<random>}.
 *
 * @param tail the object
 * @param sent ends when it is stored
 */
record SentTail(Manifest.Tail tail, CompletableFuture<?> sent) {

	private static final Pattern NAME = Pattern.compile("([^./]+)\\.part\\.\\d{1,19}\\.[0-9a-f]{16}");

	static SentTail stored(Manifest.Tail tail) {
		return new SentTail(tail, CompletableFuture.completedFuture(null));
	}

	/**
	 * Returns a name for another tail of an upload.
	 */
	static String newName(Manifest manifest) {
		return manifest.id + ".part." + manifest.generation + "."
				+ HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
	}

	/**
	 * Returns the upload whose tail has the given name, or {@code null} if it is none of
	 * a tail.
	 */
	static @Nullable UploadId upload(String name) {
		Matcher tail = NAME.matcher(name);
		return (tail.matches() && UploadId.isValid(tail.group(1))) ? UploadId.of(tail.group(1)) : null;
	}

	String name() {
		return this.tail.name();
	}

	long size() {
		return this.tail.size();
	}

}
