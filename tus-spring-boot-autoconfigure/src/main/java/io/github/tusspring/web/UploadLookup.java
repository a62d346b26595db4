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
package io.github.tusspring.web;

import java.util.Optional;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadService;
import org.jspecify.annotations.Nullable;

/**
 * The upload at which a request is aimed, for all that have to know it before it is clear
 * what is to be done: a storage may be far away, so it is asked once. What is then done
 * to the upload asks again. Safe for use by one thread after another.
 */
public final class UploadLookup {

	private final String target;

	private volatile @Nullable Optional<Upload> found;

	/**
	 * Creates a lookup.
	 * @param target what follows the creation URL in the request's path: nothing or an id
	 */
	public UploadLookup(String target) {
		this.target = target;
	}

	/**
	 * Returns what follows the creation URL in the request's path.
	 * @return nothing or an id
	 */
	public String target() {
		return this.target;
	}

	@Nullable Upload find(UploadService service) {
		Optional<Upload> found = this.found;
		if (found == null) {
			found = UploadId.isValid(this.target) ? Optional.ofNullable(service.find(UploadId.of(this.target)))
					: Optional.empty();
			this.found = found;
		}
		return found.orElse(null);
	}

}
