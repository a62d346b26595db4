package io.github.tusspring.web.endpoint;

import io.github.tusspring.test.TestServer;

/**
 * {@link AbstractEndpointTests} on Jetty.
 */
class EndpointJettyTests extends AbstractEndpointTests {

	@Override
	protected TestServer.Builder builder() {
		return TestServer.jetty();
	}

}
