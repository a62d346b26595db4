package io.github.tusspring.test;

/**
 * The servlet containers on which everything has to work the same.
 */
public enum Container {

	TOMCAT, JETTY;

	/**
	 * Begins to describe a server that runs on this container.
	 */
	public TestServer.Builder server() {
		return (this == TOMCAT) ? TestServer.tomcat() : TestServer.jetty();
	}

}
