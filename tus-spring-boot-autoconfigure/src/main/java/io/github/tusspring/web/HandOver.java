package io.github.tusspring.web;

import java.util.function.Function;

import io.github.tusspring.upload.Delivery;
import io.github.tusspring.upload.Upload;
import org.jspecify.annotations.Nullable;

/**
 * Hands full uploads over to a part of the application, which takes them in place of the
 * completed event, in the request of the client that sent the last byte.
 */
public interface HandOver {

	/**
	 * Returns where the uploads belong: they can be reached below this path only.
	 * @return the path of the creation URL, below the context path
	 */
	String endpoint();

	/**
	 * Begins to hand an upload over. May return before that has ended. Never throws.
	 * @param delivery the delivery, to be closed at its end
	 * @param answer makes the protocol's answer of the completed upload
	 * @return the answer, or {@code null} if the hand-over goes on and gives the answer
	 * itself
	 */
	@Nullable ExchangeAnswer begin(Delivery delivery, Function<Upload, ExchangeAnswer> answer);

}
