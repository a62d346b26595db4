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

import java.util.List;

import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.web.UploadCorsCustomizer;
import io.github.tusspring.web.UploadCorsFilter;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;

/**
 * Lets pages of other origins upload to the creation URL, if some are named.
 */
@Configuration(proxyBeanMethods = false)
@Conditional(TusCorsConfiguration.OnCorsCondition.class)
class TusCorsConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "tusCorsFilter")
	FilterRegistrationBean<UploadCorsFilter> tusCorsFilter(TusProperties properties,
			ObjectProvider<UploadCorsCustomizer> customizers) {
		CorsConfiguration configuration = configuration(properties.cors(), customizers);
		UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
		source.registerCorsConfiguration(properties.path(), configuration);
		source.registerCorsConfiguration(properties.path() + "/**", configuration);
		return UploadFilters.register("tusCorsFilter", new UploadCorsFilter(source), UploadFilters.ORDER);
	}

	static CorsConfiguration configuration(TusProperties.Cors cors, ObjectProvider<UploadCorsCustomizer> customizers) {
		CorsConfiguration configuration = new CorsConfiguration();
		configuration.setAllowedOrigins(cors.allowedOrigins().isEmpty() ? null : cors.allowedOrigins());
		configuration
			.setAllowedOriginPatterns(cors.allowedOriginPatterns().isEmpty() ? null : cors.allowedOriginPatterns());
		configuration.setAllowCredentials(cors.allowCredentials());
		configuration.setMaxAge(cors.maxAge());
		// PUT only so that a page can read that it is refused.
		configuration.setAllowedMethods(List.of("OPTIONS", "GET", "HEAD", "POST", "PATCH", "DELETE", "PUT"));
		configuration.setAllowedHeaders(List.of(CorsConfiguration.ALL));
		configuration.setExposedHeaders(TusHeaders.EXPOSED);
		customizers.orderedStream().forEach((customizer) -> customizer.customize(configuration));
		configuration.validateAllowCredentials();
		return configuration;
	}

	/**
	 * Matches when an origin is named, or a customizer may name one.
	 */
	static class OnCorsCondition extends AnyNestedCondition {

		OnCorsCondition() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@Conditional(OnOrigins.class)
		static class Origins {

		}

		@Conditional(OnOriginPatterns.class)
		static class OriginPatterns {

		}

		@ConditionalOnBean(UploadCorsCustomizer.class)
		static class Customizer {

		}

	}

	private static final class OnOrigins extends OnPropertyListCondition {

		OnOrigins() {
			super("tus.cors.allowed-origins", () -> ConditionMessage.forCondition("Allowed origins"));
		}

	}

	private static final class OnOriginPatterns extends OnPropertyListCondition {

		OnOriginPatterns() {
			super("tus.cors.allowed-origin-patterns", () -> ConditionMessage.forCondition("Allowed origin patterns"));
		}

	}

}
