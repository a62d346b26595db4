package io.github.tusspring.web;

import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.StopReason;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadObserver;
import org.jspecify.annotations.Nullable;

/**
 * Makes the answers of one request that is refused or has failed, and has them seen.
 *
 * @param observer sees the refusals
 * @param client who has sent the request
 */
record Refusals(UploadObserver observer, UploadClient client) {

	ExchangeAnswer failed(Throwable ex) {
		return observed(TusAnswers.failed(ex), RefusalReason.of(ex));
	}

	ExchangeAnswer inspectionFailed(Throwable ex) {
		return observed(TusAnswers.inspectionFailed(ex), RefusalReason.of(ex));
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
