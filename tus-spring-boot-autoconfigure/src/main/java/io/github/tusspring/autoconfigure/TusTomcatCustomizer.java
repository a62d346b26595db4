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

import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.web.tomcat.TomcatRequestValve;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http2.Http2Protocol;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.tomcat.TomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Tells Tomcat what uploads need. Comes after Boot's own customizers and before those of
 * the application, which have the last word.
 */
final class TusTomcatCustomizer implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory>, Ordered {

	/**
	 * Room for the headers of an answer in addition to those that the client sent.
	 */
	private static final int RESPONSE_HEADERS = 4096;

	/**
	 * How many bytes of a stream may be on their way. With Tomcat's 64 KiB a client that
	 * is 100 ms away sends 640 KiB a second at most. Tomcat keeps twice as many for each
	 * body that is being received.
	 */
	private static final int WINDOW = 256 * 1024;

	/**
	 * After how many requests a connection is closed. With Tomcat's 100 a client that
	 * uploads in small pieces begins a new connection, and a new session of TLS, for each
	 * hundred of them.
	 */
	private static final int KEEP_ALIVE_REQUESTS = 1000;

	private final Environment environment;

	TusTomcatCustomizer(Environment environment) {
		this.environment = environment;
	}

	@Override
	public int getOrder() {
		return 1;
	}

	@Override
	public void customize(ConfigurableTomcatWebServerFactory factory) {
		factory.addEngineValves(new TomcatRequestValve());
		factory.addConnectorCustomizers(this::customize, this::keepAlive);
		if (factory instanceof TomcatWebServerFactory tomcat) {
			// Boot customizes the main connector only; by then the application has added
			// the others.
			factory.addContextCustomizers((context) -> tomcat.getAdditionalConnectors().forEach(this::customize));
		}
	}

	/**
	 * Only for the main connector, as the property is: it can't be seen what the
	 * application has said of the others.
	 */
	private void keepAlive(Connector connector) {
		if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol
				&& !this.environment.containsProperty("server.tomcat.max-keep-alive-requests")) {
			protocol.setMaxKeepAliveRequests(KEEP_ALIVE_REQUESTS);
		}
	}

	private void customize(Connector connector) {
		if (connector.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
			protocol.addAllowedTrailerHeader(TusHeaders.UPLOAD_CHECKSUM);
			// Uploads ask for the body themselves, once it is clear that it is wanted.
			protocol.setContinueResponseTiming("onRead");
			if (!this.environment.containsProperty("server.tomcat.max-http-response-header-size")) {
				// A client gets its metadata back: what fitted in a request has to fit in
				// an answer.
				protocol.setMaxHttpResponseHeaderSize(Math.max(protocol.getMaxHttpResponseHeaderSize(),
						protocol.getMaxHttpRequestHeaderSize() + RESPONSE_HEADERS));
			}
		}
		for (UpgradeProtocol upgrade : connector.findUpgradeProtocols()) {
			if (upgrade instanceof Http2Protocol http2) {
				http2.setInitialWindowSize(Math.max(http2.getInitialWindowSize(), WINDOW));
			}
		}
	}

}
