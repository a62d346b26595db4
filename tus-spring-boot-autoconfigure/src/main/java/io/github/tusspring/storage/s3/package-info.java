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

/**
 * Keeps uploads in a store that speaks S3: the bytes of an upload in an object with its
 * id as name, and its manifest next to it in an object with the suffix {@code .info}.
 * Every change of a manifest is a conditional write, so that any number of instances can
 * share a bucket without a lock. Start reading at
 * {@link io.github.tusspring.storage.s3.S3UploadStorage}. Knows the domain alone.
 */
@NullMarked
package io.github.tusspring.storage.s3;

import org.jspecify.annotations.NullMarked;
