package io.github.tusspring.web;

import java.util.Map;

import io.github.tusspring.upload.Upload;

/**
 * Makes the answers of a request whose upload is handed over, as its protocol wants them.
 */
public interface HandOverAnswers {

	/**
	 * Makes the answer of an upload that was taken.
	 * @param upload the completed upload, with what the application says to the client
	 * @return the answer
	 */
	ExchangeAnswer taken(Upload upload);

	/**
	 * Makes the answer of an upload that was refused, or that could not be taken.
	 * @param ex what went wrong
	 * @return the answer
	 */
	ExchangeAnswer failed(RuntimeException ex);

	/**
	 * Returns the headers of every answer that an endpoint's handler gives.
	 * @return the headers
	 */
	Map<String, String> headers();

	/**
	 * Returns whether the client can make sense of a redirection.
	 * @return {@code true} if one is passed on
	 */
	default boolean redirects() {
		return false;
	}

}
