package io.github.tusspring.web.endpoint;

import io.github.tusspring.test.TestServer;

/**
 * Senders on Tomcat.
 */
class EndpointSenderTomcatTests extends AbstractEndpointSenderTests {

	@Override
	protected TestServer.Builder builder() {
		return TestServer.tomcat();
	}

}
