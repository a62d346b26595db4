package io.github.tusspring.web;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * The protocol with virtual threads.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
class VirtualThreadProtocolTests extends AbstractTusProtocolTests {

	private static TestServer server;

	@BeforeAll
	static void start() {
		server = TestServer.tomcat().property("spring.threads.virtual.enabled", "true").start();
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
