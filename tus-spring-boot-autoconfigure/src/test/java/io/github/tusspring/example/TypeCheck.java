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

package io.github.tusspring.example;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.apache.tika.Tika;

import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

/**
 * Looks at what an upload really is, before anybody takes it.
 */
class TypeCheck {

	private final Tika tika = new Tika();

	private final Set<String> taken = Set.of("image/png", "image/jpeg", "application/pdf");

	@EventListener
	@Order(1)
	void check(TusUploadCompletedEvent event) throws IOException {
		try (InputStream content = event.resource().getInputStream()) {
			String type = this.tika.detect(content, event.upload().metadata().safeFilename());
			if (!this.taken.contains(type)) {
				throw new UploadRejectedException(415, "A file of type " + type + " is not taken");
			}
		}
	}

}
