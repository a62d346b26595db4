package io.github.tusspring.web.endpoint;

import io.github.tusspring.test.TestServer;

/**
 * Resumable Uploads for HTTP at the application's own endpoints on Tomcat.
 */
class RufhEndpointTomcatTests extends AbstractRufhEndpointTests {

	@Override
	protected TestServer.Builder builder() {
		return TestServer.tomcat();
	}

}
