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

package io.github.tusspring.reliability;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * What an upload has to be, kept in memory in the simplest way.
 */
final class UploadModel {

	final boolean partial;

	final List<UploadModel> parts;

	final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

	Long length;

	boolean lateLength;

	State state = State.RECEIVING;

	int deliveries;

	UploadModel(Long length, boolean partial, List<UploadModel> parts) {
		this.length = length;
		this.partial = partial;
		this.parts = parts;
	}

	boolean isFinal() {
		return this.parts != null;
	}

	boolean isFull() {
		return this.length != null && this.length == this.bytes.size();
	}

	boolean isThere() {
		return this.state != State.GONE;
	}

	/**
	 * The offset that a client is told.
	 */
	long told() {
		boolean waits = this.state == State.FINISHING && !this.lateLength && this.bytes.size() > 0;
		return waits ? this.bytes.size() - 1 : this.bytes.size();
	}

	enum State {

		RECEIVING, FINISHING, COMPLETED, REJECTED, GONE

	}

}
