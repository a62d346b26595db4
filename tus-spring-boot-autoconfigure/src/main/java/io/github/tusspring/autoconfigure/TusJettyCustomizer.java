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

package io.github.tusspring.autoconfigure;

import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;

/**
 * Tells Jetty what uploads need. Comes before the customizers of the application, which
 * have the last word.
 */
final class TusJettyCustomizer implements WebServerFactoryCustomizer<ConfigurableJettyWebServerFactory>, Ordered {

	/**
	 * How many connections may wait to be accepted. When an application restarts, all of
	 * its clients come back at once, and the system resets some of those that exceed the
	 * JDK's default of 50. The system's own limit still applies.
	 */
	private static final int ACCEPT_QUEUE = 1024;

	@Override
	public int getOrder() {
		return 1;
	}

	@Override
	public void customize(ConfigurableJettyWebServerFactory factory) {
		factory.addServerCustomizers(TusJettyCustomizer::customize);
	}

	private static void customize(Server server) {
		for (Connector connector : server.getConnectors()) {
			if (connector instanceof ServerConnector accepting && accepting.getAcceptQueueSize() == 0) {
				accepting.setAcceptQueueSize(ACCEPT_QUEUE);
			}
		}
	}

}
