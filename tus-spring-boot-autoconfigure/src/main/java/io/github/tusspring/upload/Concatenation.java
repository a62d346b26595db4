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

import java.util.List;

/**
 * The part that an upload plays in a concatenation (tus 1.0.0, section Concatenation): a
 * {@link Partial} upload is one of the pieces of a {@link Final} one.
 */
public sealed interface Concatenation {

	/**
	 * A piece of a later final upload. It is never delivered to the application by
	 * itself.
	 */
	record Partial() implements Concatenation {
	}

	/**
	 * The concatenation of other uploads.
	 *
	 * @param parts the partial uploads in their order, of which one may appear more than
	 * once
	 * @param urls the partial uploads' URLs as the client gave them
	 */
	record Final(List<UploadId> parts, String urls) implements Concatenation {

		public Final {
			parts = List.copyOf(parts);
		}

	}

}
