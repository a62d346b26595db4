package io.github.tusspring.web.endpoint;

import io.github.tusspring.test.TestServer;

/**
 * {@link AbstractEndpointSecurityTests} on Jetty.
 */
class EndpointSecurityJettyTests extends AbstractEndpointSecurityTests {

	@Override
	protected TestServer.Builder builder() {
		return TestServer.jetty();
	}

}
