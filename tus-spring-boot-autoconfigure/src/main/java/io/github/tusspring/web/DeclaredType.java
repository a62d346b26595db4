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

package io.github.tusspring.web;

import io.github.tusspring.upload.UploadMetadata;

import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/**
 * Makes a media type of what a client says about its file, which may be anything.
 */
public final class DeclaredType {

	private DeclaredType() {
	}

	/**
	 * Returns a type that may be sent as a header.
	 * @param metadata an upload's metadata
	 * @return the type of its {@code filetype}, or {@code application/octet-stream} if
	 * that is none, names several types or has other than printable ASCII characters
	 */
	public static MediaType of(UploadMetadata metadata) {
		String type = metadata.filetype();
		if (type == null || !type.chars().allMatch((c) -> c >= ' ' && c < 0x7f)) {
			return MediaType.APPLICATION_OCTET_STREAM;
		}
		try {
			MediaType mediaType = MediaType.parseMediaType(type);
			return mediaType.isConcrete() ? mediaType : MediaType.APPLICATION_OCTET_STREAM;
		}
		catch (InvalidMediaTypeException ex) {
			// A client's words: not worth a line in the log.
			return MediaType.APPLICATION_OCTET_STREAM;
		}
	}

}
