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

package io.github.tusspring.actuate;

import java.util.Locale;

/**
 * The tags of our meters. None has a value that a client can make up: no id, no name of a
 * file or a user, no variable of a path.
 */
public enum TusMeterTag {

	/**
	 * The path of the application's endpoint that the upload is for, as it is configured;
	 * {@code default} for uploads that are delivered as events, {@code other} for those
	 * that the application receives at a path of its own.
	 */
	ENDPOINT,

	/**
	 * The protocol: {@code tus} or {@code rufh}; {@code any} for what isn't of one
	 * protocol.
	 */
	PROTOCOL,

	/**
	 * Why: of an interrupted append {@code client}, {@code idle}, {@code takeover},
	 * {@code rate}, {@code shutdown} or {@code error}; of a refusal one of
	 * {@link io.github.tusspring.upload.RefusalReason} in lower case with hyphens.
	 */
	REASON,

	/**
	 * The status of the answer.
	 */
	STATUS,

	/**
	 * How it went: of an append {@code completed}, {@code interrupted}, {@code refused}
	 * or {@code error}; of a delivery {@code completed}, {@code rejected} or
	 * {@code failed}; of a call of the storage {@code success}, {@code refused} or
	 * {@code error}; of a wait for a lock {@code success} or {@code locked}.
	 */
	OUTCOME,

	/**
	 * What an upload was delivered to: {@code event} or {@code endpoint}.
	 */
	KIND,

	/**
	 * What the storage did: one of {@link io.github.tusspring.upload.StorageOperation} in
	 * lower case.
	 */
	OPERATION;

	/**
	 * Returns the tag's key.
	 * @return the key
	 */
	public String key() {
		return value(this);
	}

	static String value(Object value) {
		return (value instanceof Enum<?> constant) ? constant.name().toLowerCase(Locale.ROOT).replace('_', '-')
				: value.toString();
	}

}
