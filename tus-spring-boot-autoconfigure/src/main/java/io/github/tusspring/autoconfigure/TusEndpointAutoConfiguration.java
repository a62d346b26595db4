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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.web.BodyShieldFilter;
import io.github.tusspring.web.RufhHandler;
import io.github.tusspring.web.ServletExchanges;
import io.github.tusspring.web.TraceFilter;
import io.github.tusspring.web.UploadCorsCustomizer;
import io.github.tusspring.web.UploadCorsFilter;
import io.github.tusspring.web.UploadHandler;
import io.github.tusspring.web.endpoint.ContentResourceConverter;
import io.github.tusspring.web.endpoint.EndpointDispatchFilter;
import io.github.tusspring.web.endpoint.EndpointFilter;
import io.github.tusspring.web.endpoint.EndpointRoute;
import io.github.tusspring.web.endpoint.EndpointRoutes;
import io.github.tusspring.web.endpoint.HandlerCallExceptions;
import io.github.tusspring.web.endpoint.HandlerCallMapping;
import io.github.tusspring.web.endpoint.HandlerLookup;
import io.github.tusspring.web.endpoint.HandlerPresence;
import io.github.tusspring.web.endpoint.PathDeliveryGuard;
import jakarta.servlet.DispatcherType;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.http.HttpMethod;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.handler.MappedInterceptor;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for making the application's own
 * endpoints resumable.
 */
@AutoConfiguration(after = TusWebMvcAutoConfiguration.class)
@ConditionalOnClass({ DispatcherServletPath.class, HttpMessageConverters.class })
@ConditionalOnBean(ServletExchanges.class)
@ConditionalOnProperty("tus.endpoints[0].path")
public final class TusEndpointAutoConfiguration {

	@Bean
	HandlerLookup tusHandlerLookup(WebApplicationContext context, ObjectProvider<DispatcherServletPath> servletPath) {
		return new HandlerLookup(() -> HandlerLookup.mappings(context), ServletPrefix.of(servletPath));
	}

	@Bean
	EndpointCheck tusEndpointCheck(TusProperties properties, HandlerLookup handlers, WebApplicationContext context,
			ObjectProvider<DispatcherServletPath> servletPath) {
		return new EndpointCheck(properties, new HandlerPresence(handlers, context.getServletContext()),
				ServletPrefix.of(servletPath));
	}

	@Bean
	EndpointRoutes tusEndpointRoutes(TusProperties properties, TusProtocol protocol, UploadService service,
			TusUploads uploads, UploadIdGenerator ids, ExpirationPolicy expiration,
			ObjectProvider<DispatcherServletPath> servletPath, ObjectProvider<RufhHandler> rufh) {
		EndpointCheck.checkPaths(properties);
		List<EndpointRoute> endpoints = new ArrayList<>();
		for (TusEndpointProperties endpoint : properties.endpoints()) {
			Duration lifetime = expiration.lifetime(endpoint.path());
			TusProtocol spoken = protocol.forHandOver(properties.maxLength(endpoint), !lifetime.isZero());
			RufhHandler handler = rufh.getIfAvailable();
			if (handler != null) {
				handler = handler.forHandOver(properties.maxLength(endpoint), lifetime);
			}
			endpoints.add(EndpointRoute.of(endpoint.path(), ServletPrefix.of(servletPath),
					HttpMethod.valueOf(endpoint.method().name()),
					endpoint.deliver() == TusEndpointProperties.Deliver.PATH,
					new UploadHandler(spoken, service, uploads, ids, handler)));
		}
		return new EndpointRoutes(endpoints);
	}

	/**
	 * The filter, as a bean rather than as a registration: so it comes after all filters
	 * of the application that don't say where they want to be.
	 */
	@Bean
	@FilterRegistration(name = "tusEndpointFilter", dispatcherTypes = { DispatcherType.REQUEST, DispatcherType.ASYNC })
	EndpointFilter tusEndpointFilter(EndpointRoutes endpoints, ServletExchanges exchanges, TusUploads uploads,
			HandlerLookup handlers) {
		return new EndpointFilter(endpoints, exchanges, uploads, handlers);
	}

	@Bean
	MappedInterceptor tusPathDeliveryInterceptor(EndpointRoutes endpoints) {
		return new MappedInterceptor(null, new PathDeliveryGuard(endpoints));
	}

	@Bean
	HandlerCallMapping tusHandlerCallMapping() {
		return new HandlerCallMapping();
	}

	@Bean
	HandlerCallExceptions tusHandlerCallExceptions() {
		return new HandlerCallExceptions();
	}

	@Bean
	@ConditionalOnMissingBean(name = "tusEndpointDispatchFilter")
	FilterRegistrationBean<EndpointDispatchFilter> tusEndpointDispatchFilter() {
		FilterRegistrationBean<EndpointDispatchFilter> registration = UploadFilters
			.register("tusEndpointDispatchFilter", new EndpointDispatchFilter(), Ordered.HIGHEST_PRECEDENCE);
		registration.setDispatcherTypes(DispatcherType.ASYNC, DispatcherType.FORWARD);
		return registration;
	}

	@Bean
	@ConditionalOnMissingBean(name = "tusEndpointBodyShieldFilter")
	FilterRegistrationBean<BodyShieldFilter> tusEndpointBodyShieldFilter(EndpointRoutes endpoints) {
		return UploadFilters.register("tusEndpointBodyShieldFilter", new BodyShieldFilter(endpoints::take),
				UploadFilters.ORDER + 1);
	}

	@Bean
	@ConditionalOnMissingBean(name = "tusEndpointTraceFilter")
	FilterRegistrationBean<TraceFilter> tusEndpointTraceFilter(EndpointRoutes endpoints) {
		return UploadFilters.register("tusEndpointTraceFilter", new TraceFilter(endpoints::isEndpoint),
				UploadFilters.ORDER + 1);
	}

	@Bean
	WebMvcConfigurer tusEndpointConverters() {
		return new WebMvcConfigurer() {
			@Override
			public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
				builder.addCustomConverter(new ContentResourceConverter());
			}
		};
	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(TusCorsConfiguration.OnCorsCondition.class)
	static class CorsFilterConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "tusEndpointCorsFilter")
		FilterRegistrationBean<UploadCorsFilter> tusEndpointCorsFilter(TusProperties properties,
				EndpointRoutes endpoints, ObjectProvider<UploadCorsCustomizer> customizers) {
			CorsConfiguration configuration = TusCorsConfiguration.configuration(properties.cors(), customizers);
			// What isn't ours keeps the application's own rules.
			return UploadFilters.register("tusEndpointCorsFilter",
					new UploadCorsFilter((request) -> endpoints.take(request) ? configuration : null),
					UploadFilters.ORDER);
		}

	}

}
