package io.github.tusspring.storage.s3;

import java.util.concurrent.CompletableFuture;

/**
 * An object with bytes that are no part yet.
 *
 * @param tail the object
 * @param sent ends when it is stored
 */
record SentTail(Manifest.Tail tail, CompletableFuture<?> sent) {

	static SentTail stored(Manifest.Tail tail) {
		return new SentTail(tail, CompletableFuture.completedFuture(null));
	}

	String name() {
		return this.tail.name();
	}

	long size() {
		return this.tail.size();
	}

}
