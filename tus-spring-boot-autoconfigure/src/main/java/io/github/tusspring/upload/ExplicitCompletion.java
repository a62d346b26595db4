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
 * What a client says of the end of an upload that is complete by its word, whatever its
 * length (Resumable Uploads for HTTP, section Completeness).
 *
 * @param last whether the upload is complete with the bytes of this request
 * @param digest the checksum that all of the content is then expected to have, or
 * {@code null}
 * @param maxLength how many bytes the request may bring, or {@code null} for any number
 * @param strict whether an upload is lost that gets more bytes than its length
 */
public record ExplicitCompletion(boolean last, @Nullable Checksum digest, @Nullable Long maxLength, boolean strict) {
}
