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
 * The room that an upload takes. Immutable.
 *
 * @param id the upload's id
 * @param owner whose upload it is, or {@code null}
 * @param metadata what its client says about it
 * @param bytes the number of bytes that it is going to have; as long as its length isn't
 * known, that it has with those that have just come
 */
public record UploadDemand(UploadId id, @Nullable String owner, UploadMetadata metadata, long bytes) {
}
