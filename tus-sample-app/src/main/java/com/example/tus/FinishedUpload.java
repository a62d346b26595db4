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
