package io.github.tusspring.web.endpoint;

import io.github.tusspring.test.TestServer;

/**
 * Senders on Jetty.
 */
class EndpointSenderJettyTests extends AbstractEndpointSenderTests {

	@Override
	protected TestServer.Builder builder() {
		return TestServer.jetty();
	}

}
