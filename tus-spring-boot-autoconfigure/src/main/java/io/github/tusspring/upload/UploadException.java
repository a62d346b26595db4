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

import org.jspecify.annotations.Nullable;

/**
 * Base of what can go wrong with an upload. What a client did wrong has no stack trace:
 * it is normal input, and often.
 */
public abstract class UploadException extends RuntimeException {

	private final RefusalReason reason;

	UploadException(RefusalReason reason, String message) {
		super(message, null, false, false);
		this.reason = reason;
	}

	UploadException(RefusalReason reason, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
	}

	RefusalReason reason() {
		return this.reason;
	}

}
