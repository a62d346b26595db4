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

package io.github.tusspring.web.endpoint;

import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.ResourceHttpMessageConverter;

/**
 * Gives a handler that wants its body as a {@link Resource} the stored content itself:
 * Spring MVC's own converter would read all of it into memory.
 */
public final class ContentResourceConverter extends ResourceHttpMessageConverter {

	@Override
	public boolean canWrite(Class<?> type, @Nullable MediaType mediaType) {
		return false;
	}

	@Override
	protected Resource readInternal(Class<? extends Resource> type, HttpInputMessage message) throws IOException {
		InputStream body = message.getBody();
		if (body instanceof ContentInputStream delivered && type.isInstance(delivered.content())) {
			return delivered.content();
		}
		return super.readInternal(type, message);
	}

}
