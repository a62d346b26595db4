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

package io.github.tusspring.storage.s3;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import io.github.tusspring.upload.UploadMetadata;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

import org.springframework.http.ContentDisposition;

/**
 * What an object says in addition to its bytes.
 *
 * @param contentType its media type, or {@code null}
 * @param contentDisposition its file name, or {@code null}
 * @param metadata what the client says about the upload, as far as S3 has room for it
 */
record ObjectAttributes(@Nullable String contentType, @Nullable String contentDisposition,
		Map<String, String> metadata) {

	/**
	 * Says whose object it is.
	 */
	static final String UPLOAD = "tus-upload";

	/**
	 * Tells one put of an object from another.
	 */
	static final String WRITE = "tus-write";

	/**
	 * S3 takes 2 KB in all.
	 */
	private static final int LIMIT = 2000;

	/**
	 * What is ours begins with {@code tus-}: a client must not say it.
	 */
	private static final Pattern NAME = Pattern.compile("(?!tus-)[a-z0-9._-]{1,100}");

	private static final int MEDIA_TYPE_LIMIT = 255;

	private static final Pattern MEDIA_TYPE = Pattern
		.compile("[\\w.+-]+/[\\w.+-]+([ \\t]*;[ \\t]*[\\w.+-]+=[\\w.+\"-]+)*+");

	/**
	 * Signed as one blank and sent as they are, which some stores take for a wrong
	 * signature.
	 */
	private static final Pattern BLANKS = Pattern.compile("[ \\t]{2,}|\\t");

	static ObjectAttributes of(Manifest manifest, @Nullable String write) {
		UploadMetadata client = manifest.asked().metadata();
		Map<String, String> metadata = new LinkedHashMap<>();
		metadata.put(UPLOAD, owner(manifest));
		if (write != null) {
			metadata.put(WRITE, write);
		}
		int length = 300;
		for (Map.Entry<String, String> entry : client.asMap().entrySet()) {
			String name = entry.getKey().toLowerCase(Locale.ROOT);
			String value = encode(entry.getValue());
			length += name.length() + value.length();
			if (length > LIMIT) {
				break;
			}
			if (NAME.matcher(name).matches() && !value.isEmpty()) {
				metadata.putIfAbsent(name, value);
			}
		}
		String type = client.filetype();
		return new ObjectAttributes((type != null && isMediaType(type)) ? withSingleBlanks(type) : null,
				(client.safeFilename() != null) ? withSingleBlanks(disposition(client)) : null, metadata);
	}

	private static String withSingleBlanks(String value) {
		return BLANKS.matcher(value).replaceAll(" ");
	}

	private static boolean isMediaType(String type) {
		return type.length() <= MEDIA_TYPE_LIMIT && MEDIA_TYPE.matcher(type).matches();
	}

	/**
	 * Says that content is to be saved as a file, whatever its type is: an uploaded page
	 * must not be shown as one of the store's.
	 */
	static String disposition(UploadMetadata client) {
		ContentDisposition.Builder attachment = ContentDisposition.attachment();
		String filename = client.safeFilename();
		return ((filename != null) ? attachment.filename(filename, StandardCharsets.UTF_8) : attachment).build()
			.toString();
	}

	/**
	 * Returns what an object of the upload says in {@link #UPLOAD}.
	 */
	static String owner(Manifest manifest) {
		return manifest.id + " " + manifest.created;
	}

	/**
	 * Headers are ASCII: what isn't is percent-encoded.
	 */
	private static String encode(String value) {
		boolean plain = value.chars().allMatch((c) -> c >= ' ' && c < 127) && value.strip().equals(value)
				&& !BLANKS.matcher(value).find();
		return plain ? value : URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
	}

	void apply(CreateMultipartUploadRequest.Builder request) {
		request.contentType(this.contentType).contentDisposition(this.contentDisposition).metadata(this.metadata);
	}

	void apply(PutObjectRequest.Builder request) {
		request.contentType(this.contentType).contentDisposition(this.contentDisposition).metadata(this.metadata);
	}

}
