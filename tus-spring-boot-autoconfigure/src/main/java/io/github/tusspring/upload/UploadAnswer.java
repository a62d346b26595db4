package io.github.tusspring.upload;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What an application wants to say to the client that sent the last byte, beside what the
 * protocol says. It is stored with the upload, so that a client that lost the answer gets
 * it again. Not thread-safe: to be filled in by the listeners of one event.
 */
public final class UploadAnswer {

	/**
	 * The longest body: 64 KiB.
	 */
	public static final int MAX_BODY_LENGTH = 64 * 1024;

	private final Map<String, String> headers = new LinkedHashMap<>();

	private byte[] body = new byte[0];

	private int status;

	/**
	 * Sets a header of the answer. The protocol's own headers win over it.
	 * @param name the header's name
	 * @param value the header's value, without line breaks
	 * @return this answer
	 */
	public UploadAnswer header(String name, String value) {
		Assert.hasText(name, "'name' must not be empty");
		Assert.isTrue(value.chars().noneMatch((c) -> c < ' ' && c != '\t'), "'value' must not have control characters");
		this.headers.put(name, value);
		return this;
	}

	/**
	 * Sets a text as the answer's body, in UTF-8.
	 * @param contentType the body's media type
	 * @param body the body
	 * @return this answer
	 */
	public UploadAnswer body(String contentType, String body) {
		return body(contentType, body.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Sets the answer's body.
	 * @param contentType the body's media type
	 * @param body the body, {@value #MAX_BODY_LENGTH} bytes at most
	 * @return this answer
	 */
	public UploadAnswer body(String contentType, byte[] body) {
		Assert.isTrue(body.length <= MAX_BODY_LENGTH,
				() -> "'body' must not be longer than " + MAX_BODY_LENGTH + " bytes");
		this.body = body.clone();
		return header("Content-Type", contentType);
	}

	/**
	 * Sets the status of the answer.
	 * @param status the status, of the 2xx family
	 * @return this answer
	 */
	public UploadAnswer status(int status) {
		Assert.isTrue(status >= 200 && status < 300, "'status' must be of the 2xx family");
		this.status = status;
		return this;
	}

	/**
	 * Returns the status that the application has chosen.
	 * @return the status or 0 if the protocol's own is to be sent
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Returns the headers that the application has set.
	 * @return the headers in the order in which they were set
	 */
	public Map<String, String> headers() {
		return Collections.unmodifiableMap(new LinkedHashMap<>(this.headers));
	}

	/**
	 * Returns the body that the application has set.
	 * @return the body, empty if there is none
	 */
	public byte[] body() {
		return this.body.clone();
	}

	/**
	 * Whether nothing has been set.
	 * @return {@code true} if the protocol's own answer is enough
	 */
	public boolean isEmpty() {
		return this.headers.isEmpty() && this.body.length == 0 && this.status == 0;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other || (other instanceof UploadAnswer that && this.status == that.status
				&& this.headers.equals(that.headers) && Arrays.equals(this.body, that.body));
	}

	@Override
	public int hashCode() {
		return this.headers.hashCode();
	}

}
