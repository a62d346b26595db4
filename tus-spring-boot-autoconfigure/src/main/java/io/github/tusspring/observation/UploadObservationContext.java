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

package io.github.tusspring.observation;

import java.util.Locale;

import io.github.tusspring.upload.StorageOperation;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an upload that is observed.
 */
public final class UploadObservationContext extends Observation.Context {

	private final UploadObservation kind;

	private final @Nullable UploadId id;

	private final @Nullable Upload upload;

	private final @Nullable StorageOperation operation;

	private final String endpoint;

	private volatile String outcome = "unknown";

	UploadObservationContext(UploadObservation kind, Upload upload, String endpoint) {
		this.kind = kind;
		this.id = upload.id();
		this.upload = upload;
		this.operation = null;
		this.endpoint = endpoint;
	}

	UploadObservationContext(StorageOperation operation, @Nullable UploadId id, String endpoint) {
		this.kind = UploadObservation.STORAGE;
		this.id = id;
		this.upload = null;
		this.operation = operation;
		this.endpoint = endpoint;
	}

	/**
	 * Returns what is observed.
	 * @return the kind of observation
	 */
	public UploadObservation kind() {
		return this.kind;
	}

	/**
	 * Returns which upload it is about.
	 * @return the upload's id, or {@code null} if it is about all of them
	 */
	public @Nullable UploadId id() {
		return this.id;
	}

	/**
	 * Returns the upload as it was at the beginning.
	 * @return the upload, or {@code null} for a call of the storage
	 */
	public @Nullable Upload upload() {
		return this.upload;
	}

	/**
	 * Returns what the storage does.
	 * @return the operation, or {@code null} if it isn't about the storage
	 */
	public @Nullable StorageOperation operation() {
		return this.operation;
	}

	/**
	 * Returns the path of the application's endpoint, without the values of its
	 * variables.
	 * @return the path, or {@code default}
	 */
	public String endpoint() {
		return this.endpoint;
	}

	/**
	 * Returns how it went.
	 * @return a short word, {@code unknown} until the end
	 */
	public String outcome() {
		return this.outcome;
	}

	void outcome(Enum<?> outcome) {
		this.outcome = outcome.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
