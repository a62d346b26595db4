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

import io.github.tusspring.test.TestServer;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.junit.jupiter.api.Test;

import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TusTomcatCustomizer}.
 */
class TusTomcatCustomizerTests {

	@Test
	void connectionIsKeptForManyRequests() {
		assertThat(keepAliveRequests(TestServer.tomcat())).isEqualTo(1000);
	}

	@Test
	void whenTheApplicationSaysForHowManyRequestsAConnectionIsKeptThenThatHolds() {
		assertThat(keepAliveRequests(TestServer.tomcat().property("server.tomcat.max-keep-alive-requests", "100")))
			.isEqualTo(100);
	}

	private static int keepAliveRequests(TestServer.Builder builder) {
		try (TestServer server = builder.with(Started.class).start()) {
			TomcatWebServer tomcat = (TomcatWebServer) server.bean(Started.class).server;
			return ((AbstractHttp11Protocol<?>) tomcat.getTomcat().getConnector().getProtocolHandler())
				.getMaxKeepAliveRequests();
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

}
