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

import java.util.function.Function;

import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.StopReason;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadObserver;
import org.jspecify.annotations.Nullable;

/**
 * Makes the answers of one request that is refused or has failed, and has them seen.
 *
 * @param observer sees the refusals
 * @param client who has sent the request
 * @param foreign says which exceptions that aren't the engine's are refusals
 */
record Refusals(UploadObserver observer, UploadClient client, Function<Throwable, @Nullable UploadException> foreign) {

	Throwable known(Throwable ex) {
		UploadException refusal = this.foreign.apply(ex);
		return (refusal != null) ? refusal : ex;
	}

	ExchangeAnswer failed(Throwable ex) {
		Throwable known = known(ex);
		return observed(TusAnswers.failed(known), RefusalReason.of(known));
	}

	ExchangeAnswer inspectionFailed(Throwable ex) {
		Throwable known = known(ex);
		return observed(TusAnswers.inspectionFailed(known), RefusalReason.of(known));
	}

	@Nullable ExchangeAnswer stopped(StopReason reason) {
		ExchangeAnswer answer = TusAnswers.stopped(reason);
		return (answer != null) ? observed(answer, RefusalReason.of(reason)) : null;
	}

	ExchangeAnswer observed(ExchangeAnswer answer, RefusalReason reason) {
		if (isRefusal(answer.status())) {
			this.observer.refused(this.client, answer.status(), reason);
		}
		return answer;
	}

	private static boolean isRefusal(int status) {
		return (status >= 400 && status < 500) || status == 507;
	}

}
