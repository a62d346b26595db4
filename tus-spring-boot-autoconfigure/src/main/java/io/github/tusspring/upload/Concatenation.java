package io.github.tusspring.upload;

import java.util.List;

/**
 * The part that an upload plays in a concatenation (tus 1.0.0, section Concatenation): a
 * {@link Partial} upload is one of the pieces of a {@link Final} one.
 */
public sealed interface Concatenation {

	/**
	 * A piece of a later final upload. It is never delivered to the application by
	 * itself.
	 */
	record Partial() implements Concatenation {
	}

	/**
	 * The concatenation of other uploads.
	 *
	 * @param parts the partial uploads in their order, of which one may appear more than
	 * once
	 * @param urls the partial uploads' URLs as the client gave them
	 */
	record Final(List<UploadId> parts, String urls) implements Concatenation {

		public Final {
			parts = List.copyOf(parts);
		}

	}

}
