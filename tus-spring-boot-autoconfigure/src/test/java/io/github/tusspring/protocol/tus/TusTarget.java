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

package io.github.tusspring.protocol.tus;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * What the protocol's tests need to know of a server that speaks tus: nothing of how it
 * is made. It has every extension, no limit of size, uploads that expire, and no
 * downloads.
 */
public interface TusTarget {

	/**
	 * Returns the creation URL.
	 */
	URI creation();

	/**
	 * Returns the bytes that are stored of an upload, or {@code null} if there is no such
	 * upload.
	 */
	byte @Nullable [] stored(String id);

	/**
	 * Returns how many uploads are stored.
	 */
	long count();

	/**
	 * Whether what came before a client closed its half of the connection is kept even if
	 * that happened before the request was taken up.
	 */
	default boolean keepsWhatCameBeforeAnEarlyEnd() {
		return true;
	}

}
