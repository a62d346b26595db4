package io.github.tusspring.web;

import java.io.IOException;
import java.nio.ByteBuffer;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request, read from its connection past the server's own buffer where
 * that is small: with one of 8 KiB, the calls cost as much as the bytes. To be used in
 * turn with the request's stream, while that is read without waiting: what was read here
 * is not read there.
 */
@FunctionalInterface
public interface DirectInput {

	/**
	 * The room in bytes that a buffer has at least when the stream is read: a stream that
	 * takes more at once would keep what is then read past it.
	 */
	int ROOM = 16 * 1024;

	/**
	 * Reads what has come, without waiting.
	 * @param buffer takes the bytes from its position on, which is moved behind them
	 * @return the number of bytes: 0 if only the stream can tell whether there are more
	 * @throws IOException if the connection is broken
	 */
	int read(ByteBuffer buffer) throws IOException;

	/**
	 * Opens direct inputs.
	 */
	@FunctionalInterface
	interface Factory {

		/**
		 * Opens the direct input of a request.
		 * @param request the request
		 * @param stream the request's stream, which must be the server's own
		 * @return the input, or {@code null} if the stream has to be used
		 */
		@Nullable DirectInput open(HttpServletRequest request, ServletInputStream stream);

	}

}
