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
