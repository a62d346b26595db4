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

import java.util.stream.Stream;

import io.github.tusspring.test.TestServer;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Jetty when many clients come at once.
 */
class TusJettyCustomizerTests {

	@Test
	void manyConnectionsMayWaitToBeAccepted() {
		assertThat(acceptQueueSize(TestServer.jetty())).isEqualTo(1024);
	}

	@Test
	void applicationHasTheLastWord() {
		assertThat(acceptQueueSize(TestServer.jetty().with(OwnQueue.class))).isEqualTo(7);
	}

	private static int acceptQueueSize(TestServer.Builder builder) {
		try (TestServer server = builder.with(Started.class).start()) {
			JettyWebServer jetty = (JettyWebServer) server.bean(Started.class).server;
			return Stream.of(jetty.getServer().getConnectors())
				.map((connector) -> ((ServerConnector) connector).getAcceptQueueSize())
				.findFirst()
				.orElseThrow();
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Started {

		private WebServer server;

		@EventListener
		void started(WebServerInitializedEvent event) {
			this.server = event.getWebServer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnQueue {

		@Bean
		WebServerFactoryCustomizer<JettyServletWebServerFactory> ownQueue() {
			return (factory) -> factory.addServerCustomizers((server) -> Stream.of(server.getConnectors())
				.forEach((connector) -> ((ServerConnector) connector).setAcceptQueueSize(7)));
		}

	}

}
