package io.github.tusspring.autoconfigure;

/**
 * Thrown when an endpoint of the application's own can't be made resumable.
 */
class InvalidEndpointException extends RuntimeException {

	private final String action;

	InvalidEndpointException(String description, String action) {
		super(description);
		this.action = action;
	}

	String getAction() {
		return this.action;
	}

}
