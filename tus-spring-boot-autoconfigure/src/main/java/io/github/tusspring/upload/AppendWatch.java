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

package io.github.tusspring.upload;

import org.jspecify.annotations.Nullable;

/**
 * Tells an observer once how an append has ended. Used by the thread that appends, but
 * for {@link #asked}.
 */
final class AppendWatch {

	private final UploadObserver.AppendObserver observer;

	private @Nullable AppendOutcome outcome;

	private volatile @Nullable StopReason asked;

	private boolean told;

	AppendWatch(UploadObserver.AppendObserver observer) {
		this.observer = observer;
	}

	void received(int count) {
		this.observer.received(count);
	}

	UploadObserver.Scope openScope() {
		return this.observer.openScope();
	}

	/**
	 * Notes how the append ends if nothing else is noted until then.
	 */
	void expect(@Nullable AppendOutcome outcome) {
		this.outcome = outcome;
	}

	/**
	 * Notes that the driver was asked to end the append. Thread-safe.
	 */
	void asked(StopReason reason) {
		this.asked = reason;
	}

	/**
	 * The append has ended.
	 */
	void end() {
		if (!this.told) {
			this.told = true;
			this.observer.ended(outcome());
		}
	}

	private AppendOutcome outcome() {
		StopReason reason = this.asked;
		if (this.outcome != null) {
			return this.outcome;
		}
		return (reason != null) ? AppendOutcome.of(reason) : AppendOutcome.CLIENT_GONE;
	}

}
