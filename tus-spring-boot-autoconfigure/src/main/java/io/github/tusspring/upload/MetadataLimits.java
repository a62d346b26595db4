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

import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;
import org.springframework.util.MimeType;
import org.springframework.util.StringUtils;

/**
 * Refuses uploads with too much metadata, or whose name or type isn't wanted. What a
 * client says about a file need not be true. Immutable.
 *
 * @param maxSize the number of characters that the metadata may have as it is sent, or 0
 * for any number
 * @param maxKeys the number of keys, or 0 for any number
 * @param filetypes the media types that {@code filetype} may have, or nothing for all
 * @param extensions how {@code filename} may end, without the dot, or nothing for all
 */
public record MetadataLimits(long maxSize, int maxKeys, List<MimeType> filetypes,
		List<String> extensions) implements UploadInterceptor, Ordered {

	public MetadataLimits {
		filetypes = List.copyOf(filetypes);
		extensions = extensions.stream()
			.map((extension) -> StringUtils.trimLeadingCharacter(extension, '.').toLowerCase(Locale.ROOT))
			.toList();
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	public NewUpload beforeCreate(NewUpload upload) {
		UploadMetadata metadata = upload.metadata();
		if (this.maxSize > 0 && metadata.header().length() > this.maxSize) {
			throw new UploadRejectedException(413,
					"Upload-Metadata may have " + this.maxSize + " characters (tus.limits.max-metadata-size)");
		}
		if (this.maxKeys > 0 && metadata.asMap().size() > this.maxKeys) {
			throw new UploadRejectedException(413,
					"Upload-Metadata may have " + this.maxKeys + " keys (tus.limits.max-metadata-keys)");
		}
		if (!upload.isPartial()) {
			// Its final upload says what the file is.
			checkType(metadata);
		}
		return upload;
	}

	private void checkType(UploadMetadata metadata) {
		if (!this.filetypes.isEmpty() && !metadata.hasFiletype(this.filetypes)) {
			throw new UploadRejectedException(415,
					"Upload-Metadata must have a 'filetype' of " + this.filetypes + " (tus.limits.filetypes)");
		}
		if (!this.extensions.isEmpty() && !this.extensions.contains(extension(metadata.safeFilename()))) {
			throw new UploadRejectedException(415, "Upload-Metadata must have a 'filename' that ends with one of "
					+ this.extensions + " (tus.limits.extensions)");
		}
	}

	private static String extension(@Nullable String filename) {
		String extension = StringUtils.getFilenameExtension(filename);
		return (extension != null) ? extension.toLowerCase(Locale.ROOT) : "";
	}

}
