package io.github.tusspring.web;

import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * Throws a body away and then gives an answer that was clear before.
 *
 * @param answer the answer
 */
record Refusal(ExchangeAnswer answer) implements BodyReceiver {

	@Override
	public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
		return null;
	}

	@Override
	public ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
		return this.answer;
	}

	@Override
	public ExchangeAnswer stop(StopReason reason) {
		return this.answer;
	}

	@Override
	public void fail() {
	}

}
