package io.github.tusspring.web;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The protocol on Tomcat below a context path and a servlet's path, with absolute URLs.
 */
class NestedPathProtocolTests extends AbstractTusProtocolTests {

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.tomcat()
			.property("server.servlet.context-path", "/app")
			.property("spring.mvc.servlet.path", "/mvc")
			.property("tus.path", "/up/loads/")
			.property("tus.location", "absolute")
			.start();
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Override
	protected TusTarget target() {
		return new ServletTusTarget(server, "/app/mvc/up/loads");
	}

}
