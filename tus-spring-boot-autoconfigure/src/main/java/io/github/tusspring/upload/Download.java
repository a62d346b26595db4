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

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A finished upload whose content is being sent to a client. Counts among the downloads
 * there may be until it is closed; holds no lock. Thread-safe.
 */
public final class Download implements AutoCloseable {

	private final AtomicBoolean closed = new AtomicBoolean();

	private final Upload upload;

	private final Runnable end;

	Download(Upload upload, Runnable end) {
		this.upload = upload;
		this.end = end;
	}

	/**
	 * Returns the upload.
	 * @return the upload as it was when the download began
	 */
	public Upload upload() {
		return this.upload;
	}

	@Override
	public void close() {
		if (this.closed.compareAndSet(false, true)) {
			this.end.run();
		}
	}

}
