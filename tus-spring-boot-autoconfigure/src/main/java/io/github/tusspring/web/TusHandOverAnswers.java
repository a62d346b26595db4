/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.tusspring.web;

import java.util.Map;
import java.util.function.Function;

import io.github.tusspring.upload.Upload;

/**
 * Makes the answers of tus.
 *
 * @param success makes the answer of an upload that was taken
 * @param refusals has refusals seen
 */
record TusHandOverAnswers(Function<Upload, ExchangeAnswer> success, Refusals refusals) implements HandOverAnswers {

	@Override
	public ExchangeAnswer taken(Upload upload) {
		return this.success.apply(upload);
	}

	@Override
	public ExchangeAnswer failed(RuntimeException ex) {
		return this.refusals.failed(ex);
	}

	@Override
	public Map<String, String> headers() {
		return TusAnswers.headers();
	}

}
