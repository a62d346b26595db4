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

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadState;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lists finished uploads for the page, the latest first.
 */
@RestController
class FinishedUploadsController {

	private static final int LIMIT = 50;

	private final TusUploads uploads;

	FinishedUploadsController(TusUploads uploads) {
		this.uploads = uploads;
	}

	@GetMapping("/uploads")
	List<FinishedUpload> finished() {
		try (Stream<Upload> all = this.uploads.list()) {
			return all.filter((upload) -> upload.state() == UploadState.COMPLETED && !upload.isPartial())
				// Documents are at their endpoint, and their content is the handler's.
				.filter((upload) -> upload.endpoint() == null)
				.sorted(Comparator.comparing(Upload::modified).reversed())
				.limit(LIMIT)
				.map(FinishedUpload::of)
				.toList();
		}
	}

}
