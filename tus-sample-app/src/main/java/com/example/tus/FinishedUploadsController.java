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
