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

package com.example.tus;

import java.time.Instant;

import io.github.tusspring.upload.Upload;

import org.springframework.util.StringUtils;

/**
 * What the page shows of a finished upload.
 *
 * @param id the id, as in the upload's URL
 * @param filename the file's name, or the id if the client gave none
 * @param size the size in bytes
 * @param finished when the last byte came
 */
record FinishedUpload(String id, String filename, long size, Instant finished) {

	static FinishedUpload of(Upload upload) {
		String id = upload.id().toString();
		String filename = upload.metadata().filename();
		return new FinishedUpload(id, StringUtils.hasText(filename) ? filename : id, upload.offset(),
				upload.modified());
	}

}
