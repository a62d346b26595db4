package io.github.tusspring.web;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The protocol on Tomcat.
 */
class TomcatProtocolTests extends AbstractTusProtocolTests {

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.tomcat().start();
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Override
	protected TusTarget target() {
		return new ServletTusTarget(server, "/files");
	}

}
