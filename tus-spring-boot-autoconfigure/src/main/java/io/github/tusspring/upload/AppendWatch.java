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
