package io.github.tusspring.protocol.tus;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * What the protocol's tests need to know of a server that speaks tus: nothing of how it
 * is made. It has every extension, no limit of size, uploads that expire, and no
 * downloads.
 */
public interface TusTarget {

	/**
	 * Returns the creation URL.
	 */
	URI creation();

	/**
	 * Returns the bytes that are stored of an upload, or {@code null} if there is no such
	 * upload.
	 */
	byte @Nullable [] stored(String id);

	/**
	 * Returns how many uploads are stored.
	 */
	long count();

	/**
	 * Whether what came before a client closed its half of the connection is kept even if
	 * that happened before the request was taken up.
	 */
	default boolean keepsWhatCameBeforeAnEarlyEnd() {
		return true;
	}

}
