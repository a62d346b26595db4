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

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.web.bind.TusUpload;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/**
 * Takes a document in one ordinary request. That {@code tus.endpoints} names its path
 * makes it resumable: it is called with the whole upload then, and its answer goes to the
 * client that sent the last byte.
 */
@RestController
class DocumentController {

	@PostMapping("/documents")
	Document receive(InputStream content, @RequestHeader HttpHeaders headers,
			@TusUpload(required = false) @Nullable Upload upload) throws IOException, NoSuchAlgorithmException {
		// An ordinary request comes without an upload.
		String id = (upload != null) ? upload.id().toString() : UUID.randomUUID().toString();
		MessageDigest digest = MessageDigest.getInstance("SHA-256");
		long size = new DigestInputStream(content, digest).transferTo(OutputStream.nullOutputStream());
		return new Document(id, headers.getContentDisposition().getFilename(), size,
				HexFormat.of().formatHex(digest.digest()));
	}

	/**
	 * What the client is told about its document.
	 *
	 * @param id the document's id
	 * @param filename the file's name, or {@code null} if the client gave none
	 * @param size the size in bytes
	 * @param sha256 the content's hash
	 */
	record Document(String id, String filename, long size, String sha256) {
	}

}
