/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.tusspring.web;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/**
 * The protocol on Tomcat below a context path and a servlet's path, with absolute URLs.
 */
@Tag("long")
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
