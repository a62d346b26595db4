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
 * The domain of resumable uploads: what an {@link io.github.tusspring.upload.Upload} is,
 * the {@link io.github.tusspring.upload.UploadService} that owns every rule about it, and
 * the interfaces that storages and lockers implement. Knows the JDK, JSpecify and
 * Spring's core and context modules only: nothing of HTTP, servlets or Boot. Applications
 * start reading at {@link io.github.tusspring.upload.TusUploads}, implementors at
 * {@link io.github.tusspring.upload.UploadStorage}.
 */
@NullMarked
package io.github.tusspring.upload;

import org.jspecify.annotations.NullMarked;
