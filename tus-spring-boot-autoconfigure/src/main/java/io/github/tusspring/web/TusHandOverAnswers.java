package io.github.tusspring.web;

import java.util.Map;
import java.util.function.Function;

import io.github.tusspring.upload.Upload;

/**
 * The answers of tus.
 *
 * @param success makes the answer of an upload that was taken
 */
record TusHandOverAnswers(Function<Upload, ExchangeAnswer> success) implements HandOverAnswers {

	@Override
	public ExchangeAnswer taken(Upload upload) {
		return this.success.apply(upload);
	}

	@Override
	public ExchangeAnswer failed(RuntimeException ex) {
		return TusAnswers.failed(ex);
	}

	@Override
	public Map<String, String> headers() {
		return TusAnswers.of(200, Map.of()).headers();
	}

}
