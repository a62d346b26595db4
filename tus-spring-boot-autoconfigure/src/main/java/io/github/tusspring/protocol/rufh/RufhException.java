package io.github.tusspring.protocol.rufh;

/**
 * A request that the protocol does not allow. Has no stack trace: it is normal input.
 */
public final class RufhException extends RuntimeException {

	private final int status;

	private final transient Problem problem;

	RufhException(int status, Problem problem) {
		super(problem.title(), null, false, false);
		this.status = status;
		this.problem = problem;
	}

	RufhException(int status, String message) {
		this(status, Problem.of(message));
	}

	/**
	 * Returns the answer's status.
	 * @return the status
	 */
	int status() {
		return this.status;
	}

	Problem problem() {
		return this.problem;
	}

}
