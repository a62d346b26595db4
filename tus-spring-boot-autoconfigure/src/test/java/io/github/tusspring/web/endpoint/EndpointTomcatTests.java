package io.github.tusspring.web.endpoint;

import io.github.tusspring.test.TestServer;

/**
 * {@link AbstractEndpointTests} on Tomcat.
 */
class EndpointTomcatTests extends AbstractEndpointTests {

	@Override
	protected TestServer.Builder builder() {
		return TestServer.tomcat();
	}

}
