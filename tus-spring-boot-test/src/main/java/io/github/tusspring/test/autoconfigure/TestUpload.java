package io.github.tusspring.test.autoconfigure;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a client hears of a request that it has sent.
 *
 * @param location the upload's path, or {@code null} if none was created
 * @param status the status of the answer
 * @param headers the headers of the answer
 * @param body the body of the answer
 */
public record TestUpload(@Nullable String location, int status, Map<String, List<String>> headers, byte[] body) {

	/**
	 * Returns the upload's id.
	 * @return the last segment of its path
	 * @throws IllegalStateException if no upload was created
	 */
	public String id() {
		if (this.location == null) {
			throw new IllegalStateException("No upload was created: the answer is " + this.status + " " + text());
		}
		return this.location.substring(this.location.lastIndexOf('/') + 1);
	}

	/**
	 * Returns a header of the answer.
	 * @param name the header's name, in any case
	 * @return its value, or {@code null} if there is none
	 */
	public @Nullable String header(String name) {
		return this.headers.entrySet()
			.stream()
			.filter((header) -> header.getKey().equalsIgnoreCase(name))
			.map((header) -> header.getValue().get(0))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Returns the body of the answer as text.
	 * @return the text, in UTF-8
	 */
	public String text() {
		return new String(this.body, StandardCharsets.UTF_8);
	}

}
