package io.github.tusspring.web;

import io.github.tusspring.test.TestServer;

/**
 * Resumable Uploads for HTTP on Tomcat.
 */
class RufhTomcatTests extends AbstractRufhProtocolTests {

	@Override
	protected TestServer.Builder builder() {
		return TestServer.tomcat();
	}

}
