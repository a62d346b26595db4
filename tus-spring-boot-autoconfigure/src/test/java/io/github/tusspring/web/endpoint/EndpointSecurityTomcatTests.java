package io.github.tusspring.web.endpoint;

import io.github.tusspring.test.TestServer;

/**
 * {@link AbstractEndpointSecurityTests} on Tomcat.
 */
class EndpointSecurityTomcatTests extends AbstractEndpointSecurityTests {

	@Override
	protected TestServer.Builder builder() {
		return TestServer.tomcat();
	}

}
