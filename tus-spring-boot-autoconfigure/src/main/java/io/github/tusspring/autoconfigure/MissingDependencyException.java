package io.github.tusspring.autoconfigure;

/**
 * Thrown when something is chosen by a property that needs a dependency, or a bean that
 * comes with one, which the application doesn't have.
 */
class MissingDependencyException extends RuntimeException {

	private final String action;

	MissingDependencyException(String setting, String missing, String action) {
		super("'" + setting + "' needs " + missing);
		this.action = action;
	}

	String getAction() {
		return this.action;
	}

}
