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

import java.io.IOException;
import java.time.Instant;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

/**
 * Passes everything on; what fails in a test is overridden.
 */
public class ForwardingUploadStorage extends DelegatingUploadStorage {

	protected ForwardingUploadStorage(UploadStorage delegate) {
		super(delegate);
	}

	@Override
	public Upload recall(UploadId id) throws IOException {
		return find(id);
	}

	@Override
	public boolean delete(Upload upload) throws IOException {
		return delete(upload.id());
	}

	@Override
	public Stream<Upload> unsettled() throws IOException {
		return list();
	}

	@Override
	public Stream<Upload> list(BiPredicate<UploadId, Instant> interest) throws IOException {
		return list();
	}

}
