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

package io.github.tusspring.upload.event;

import io.github.tusspring.upload.Upload;

/**
 * Published when bytes of an upload were stored: a tenth of a second after each append
 * that does not finish the upload, and about once a second during a long one. Only the
 * last of several within that time is told of, and none once all bytes are there.
 *
 * @param upload the upload
 */
public record TusUploadProgressEvent(Upload upload) implements TusUploadEvent {
}
