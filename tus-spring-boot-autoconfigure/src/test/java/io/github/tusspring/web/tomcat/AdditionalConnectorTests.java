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

package io.github.tusspring.web.tomcat;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.junit.jupiter.api.Test;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uploads by a connector that the application has added, such as one without TLS.
 */
class AdditionalConnectorTests {

	@Test
	void connectorThatTheApplicationAddsLetsTheChecksumThrough() {
		try (TestServer server = TestServer.tomcat().with(TwoConnectors.class).start()) {
			Connector added = server.bean(TwoConnectors.class).added;
			assertThat(
					((AbstractHttp11Protocol<?>) added.getProtocolHandler()).isTrailerHeaderAllowed("upload-checksum"))
				.isTrue();
			assertThat(RawRequest.of("OPTIONS", server.uri("/files")).send().status()).isEqualTo(204);
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class TwoConnectors {

		private final Connector added = new Connector();

		TwoConnectors() {
			this.added.setPort(0);
			this.added.setProperty("address", "127.0.0.1");
		}

		@Bean
		WebServerFactoryCustomizer<TomcatServletWebServerFactory> ownConnector() {
			return (factory) -> factory.addAdditionalConnectors(this.added);
		}

	}

}
