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

import io.github.tusspring.web.endpoint.EndpointRoutes;
import io.github.tusspring.web.jetty.JettyConnectionAborter;
import io.github.tusspring.web.jetty.JettyInputs;
import io.github.tusspring.web.jetty.JettyInterimResponses;
import io.github.tusspring.web.tomcat.TomcatConnectionAborter;
import io.github.tusspring.web.tomcat.TomcatContinueSender;
import io.github.tusspring.web.tomcat.TomcatDirectInputFactory;
import io.github.tusspring.web.tomcat.TomcatInterimResponses;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.server.ServerConnector;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * What uploads need of each server in addition to the servlet API.
 */
final class TusServerConfigurations {

	private TusServerConfigurations() {
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ Tomcat.class, ConfigurableTomcatWebServerFactory.class })
	static class TomcatConfiguration {

		@Bean
		TomcatConnectionAborter tusTomcatConnectionAborter() {
			return new TomcatConnectionAborter();
		}

		@Bean
		TomcatInterimResponses tusTomcatInterimResponses() {
			return new TomcatInterimResponses();
		}

		@Bean
		TomcatDirectInputFactory tusTomcatDirectInputFactory() {
			return new TomcatDirectInputFactory();
		}

		@Bean
		TomcatContinueSender tusTomcatContinueSender(TusProperties properties,
				ObjectProvider<EndpointRoutes> endpoints) {
			return new TomcatContinueSender(UploadFilters.below(properties.path())
				.or((request) -> endpoints.stream().anyMatch((routes) -> routes.take(request))));
		}

		@Bean
		@ConditionalOnMissingBean(name = "tusTomcatContinueSenderRegistration")
		FilterRegistrationBean<TomcatContinueSender> tusTomcatContinueSenderRegistration(TomcatContinueSender sender) {
			return UploadFilters.register("tusTomcatContinueSender", sender, Ordered.LOWEST_PRECEDENCE);
		}

		@Bean
		TusTomcatCustomizer tusTomcatCustomizer(Environment environment) {
			return new TusTomcatCustomizer(environment);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ServletContextRequest.class)
	static class JettyConfiguration {

		@Bean
		JettyConnectionAborter tusJettyConnectionAborter() {
			return new JettyConnectionAborter();
		}

		@Bean
		JettyInputs tusJettyInputs() {
			return new JettyInputs();
		}

		@Bean
		JettyInterimResponses tusJettyInterimResponses() {
			return new JettyInterimResponses();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ ServerConnector.class, ConfigurableJettyWebServerFactory.class })
	static class EmbeddedJettyConfiguration {

		@Bean
		TusJettyCustomizer tusJettyCustomizer() {
			return new TusJettyCustomizer();
		}

	}

}
