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

import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;

import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.security.SpringSecuritySenderContext;
import io.github.tusspring.upload.AbsentClients;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadGuard;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.web.BodyShieldFilter;
import io.github.tusspring.web.ConnectionAborter;
import io.github.tusspring.web.ContinueSender;
import io.github.tusspring.web.DirectInput;
import io.github.tusspring.web.InterimResponses;
import io.github.tusspring.web.RufhHandler;
import io.github.tusspring.web.SenderContext;
import io.github.tusspring.web.ServletExchanges;
import io.github.tusspring.web.ServletTransfers;
import io.github.tusspring.web.SignedUploadUrls;
import io.github.tusspring.web.StorageThreads;
import io.github.tusspring.web.TraceFilter;
import io.github.tusspring.web.TusController;
import io.github.tusspring.web.TusRequests;
import io.github.tusspring.web.UploadCorsCustomizer;
import io.github.tusspring.web.UploadCorsFilter;
import io.github.tusspring.web.UploadHandler;
import io.github.tusspring.web.UploadOwnerResolver;
import io.github.tusspring.web.bind.UploadArgumentResolver;
import io.github.tusspring.web.jetty.JettyConnectionAborter;
import io.github.tusspring.web.jetty.JettyInputs;
import io.github.tusspring.web.jetty.JettyInterimResponses;
import io.github.tusspring.web.tomcat.TomcatConnectionAborter;
import io.github.tusspring.web.tomcat.TomcatContinueSender;
import io.github.tusspring.web.tomcat.TomcatDirectInputFactory;
import io.github.tusspring.web.tomcat.TomcatInterimResponses;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.ServletContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.server.ServerConnector;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jetty.ConfigurableJettyWebServerFactory;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.core.log.LogMessage;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for receiving resumable uploads with
 * Spring MVC.
 */
@AutoConfiguration(after = TusAutoConfiguration.class)
@ConditionalOnClass({ DispatcherServlet.class, FilterRegistrationBean.class, WebServerApplicationContext.class })
@ConditionalOnBean(UploadService.class)
@EnableConfigurationProperties(TusSecurityProperties.class)
public final class TusWebMvcAutoConfiguration {

	private static final Log logger = LogFactory.getLog(TusWebMvcAutoConfiguration.class);

	/**
	 * After the filter that handles forwarded headers, before any that refuses requests.
	 */
	static final int FILTER_ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

	/**
	 * How many threads of each kind wait for a remote storage.
	 */
	private static final int STORAGE_THREADS = 64;

	/**
	 * The number of endpoints that the log names.
	 */
	private static final int SHOWN_ENDPOINTS = 5;

	@Bean
	@ConditionalOnMissingBean
	TusProtocol tusProtocol(TusProperties properties, ExpirationPolicy expiration, ApplicationContext context) {
		Long maxSize = (properties.maxSize() != null) ? properties.maxSize().toBytes() : null;
		// Only an embedded server is known to have been told to let the trailer through.
		boolean trailers = context instanceof WebServerApplicationContext;
		return new TusProtocol(maxSize, !expiration.after().isZero(), trailers, properties.download().enabled());
	}

	@Bean
	@ConditionalOnMissingBean
	UploadHandler tusHandler(TusProtocol protocol, UploadService service, TusUploads uploads, UploadIdGenerator ids,
			ObjectProvider<RufhHandler> rufh) {
		return new UploadHandler(protocol, service, uploads, ids, rufh.getIfAvailable());
	}

	@Bean
	@ConditionalOnMissingBean
	ServletTransfers tusServletTransfers(ObjectProvider<ConnectionAborter> aborters,
			ObjectProvider<ContinueSender> continueSender, ObjectProvider<DirectInput.Factory> inputs,
			ObjectProvider<InterimResponses> interimResponses, ObjectProvider<ObservationRegistry> observations,
			UploadStorage storage) {
		List<ConnectionAborter> all = aborters.orderedStream().toList();
		List<InterimResponses> senders = interimResponses.orderedStream().toList();
		return new ServletTransfers((request) -> all.stream().anyMatch((aborter) -> aborter.abort(request)),
				continueSender.getIfAvailable(() -> (request) -> {
				}), DirectInput.Factory.any(inputs.orderedStream().toList()),
				(request, status, headers) -> senders.stream()
					.anyMatch((sender) -> sender.send(request, status, headers)),
				storage.isRemote()
						? new StorageThreads(STORAGE_THREADS, observations.getIfUnique(() -> ObservationRegistry.NOOP))
						: null);
	}

	@Bean
	AsyncSupportCheck tusAsyncSupportCheck(ListableBeanFactory beans) {
		return new AsyncSupportCheck(beans);
	}

	@Bean
	TransferLifecycle tusTransferLifecycle(ServletTransfers transfers, TusTasks tasks) {
		return new TransferLifecycle(transfers, tasks);
	}

	@Bean
	@ConditionalOnMissingBean
	UploadOwnerResolver tusUploadOwnerResolver(TusSecurityProperties properties) {
		return switch (properties.owner()) {
			case PRINCIPAL -> UploadOwnerResolver.principal();
			case NONE -> UploadOwnerResolver.none();
		};
	}

	@Bean
	AbsentClients tusAbsentClients(UploadGuard guard, ObjectProvider<UploadOwnerResolver> owners,
			ObjectProvider<SenderContext> contexts) {
		return new AbsentClients(guard, (upload) -> owners.getObject().resolvePrincipal(upload),
				(user) -> SenderContext.Bound.all(contexts.orderedStream().toList(),
						(context) -> context.bind(user))::close);
	}

	@Bean
	@ConditionalOnMissingBean
	ServletExchanges tusServletExchanges(ServletTransfers transfers, UploadOwnerResolver owners,
			ObjectProvider<SignedUploadUrls> signedUrls, ObjectProvider<SenderContext> contexts,
			TusProperties properties) {
		return new ServletExchanges(transfers, owners, signedUrls.getIfAvailable(), contexts.orderedStream().toList(),
				properties.location() == TusProperties.LocationStyle.ABSOLUTE);
	}

	@Bean
	@ConditionalOnMissingBean
	TusController tusController(UploadHandler handler, ServletExchanges exchanges, TusProperties properties) {
		return new TusController(handler, exchanges, properties.path());
	}

	@Bean
	@ConditionalOnMissingBean
	TusRequests tusRequests(UploadHandler handler, TusProtocol protocol, UploadService service, TusUploads uploads,
			UploadIdGenerator ids, ServletExchanges exchanges, TusProperties properties, ExpirationPolicy expiration,
			ObjectProvider<RufhHandler> rufh) {
		Long maxSize = (properties.maxSize() != null) ? properties.maxSize().toBytes() : null;
		TusProtocol spoken = protocol.forHandOver(maxSize, !expiration.after().isZero());
		return new TusRequests(handler, new UploadHandler(spoken, service, uploads, ids, rufh.getIfAvailable()),
				exchanges, uploads);
	}

	@Bean
	WebMvcConfigurer tusArgumentResolvers(ObjectProvider<TusUploads> uploads,
			ObjectProvider<ServletExchanges> exchanges, ObjectProvider<UploadGuard> guard) {
		return new WebMvcConfigurer() {
			@Override
			public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
				uploads.ifAvailable((available) -> resolvers
					.add(new UploadArgumentResolver(available, exchanges.getObject(), guard.getObject())));
			}
		};
	}

	@Bean
	@ConditionalOnMissingBean(name = "tusHandlerMapping")
	UploadHandlerMapping tusHandlerMapping(TusController controller, TusProperties properties, UploadStorage storage,
			@Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mvc) {
		logger.info(LogMessage.format("Resumable uploads at %s%s, kept in %s", properties.path(),
				endpoints(properties.endpoints()), storage));
		return new UploadHandlerMapping(properties.path(), controller, mvc.getIfAvailable());
	}

	private static String endpoints(List<TusEndpointProperties> endpoints) {
		String first = endpoints.stream()
			.limit(SHOWN_ENDPOINTS)
			.map((endpoint) -> ", for " + endpoint.method() + " " + endpoint.path())
			.collect(Collectors.joining());
		int more = endpoints.size() - SHOWN_ENDPOINTS;
		return (more > 0) ? first + " and " + more + " more" : first;
	}

	@Bean
	@ConditionalOnMissingBean(name = "tusBodyShieldFilter")
	FilterRegistrationBean<BodyShieldFilter> tusBodyShieldFilter(TusProperties properties) {
		return register("tusBodyShieldFilter", new BodyShieldFilter(properties.path()), FILTER_ORDER + 1);
	}

	@Bean
	@ConditionalOnMissingBean(name = "tusTraceFilter")
	FilterRegistrationBean<TraceFilter> tusTraceFilter(TusProperties properties) {
		return register("tusTraceFilter", new TraceFilter(properties.path()), FILTER_ORDER + 1);
	}

	static <T extends Filter> FilterRegistrationBean<T> register(String name, T filter, int order) {
		FilterRegistrationBean<T> registration = new FilterRegistrationBean<>(filter);
		// The application may have a filter of the same class.
		registration.setName(name);
		registration.setOrder(order);
		registration.setDispatcherTypes(DispatcherType.REQUEST);
		return registration;
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(DispatcherServletPath.class)
	static class SignedUrlsConfiguration {

		@Bean
		@ConditionalOnMissingBean
		@Conditional(OnSigningKeysCondition.class)
		SignedUploadUrls tusSignedUploadUrls(TusProperties properties, TusSecurityProperties security,
				ServletContext servletContext, ObjectProvider<DispatcherServletPath> servletPath, UploadIdGenerator ids,
				ExpirationPolicy expiration) {
			DispatcherServletPath path = servletPath.getIfAvailable();
			String prefix = (path != null) ? path.getPrefix() : "";
			return new SignedUploadUrls(security.signing().keys(), servletContext.getContextPath(),
					prefix + properties.path(), ids, Clock.systemUTC(), expiration.remembered());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Conditional(OnCorsCondition.class)
	static class CorsFilterConfiguration {

		@Bean
		@ConditionalOnMissingBean(name = "tusCorsFilter")
		FilterRegistrationBean<UploadCorsFilter> tusCorsFilter(TusProperties properties,
				ObjectProvider<UploadCorsCustomizer> customizers) {
			CorsConfiguration configuration = configuration(properties.cors(), customizers);
			UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
			source.registerCorsConfiguration(properties.path(), configuration);
			source.registerCorsConfiguration(properties.path() + "/**", configuration);
			return register("tusCorsFilter", new UploadCorsFilter(source), FILTER_ORDER);
		}

		static CorsConfiguration configuration(TusProperties.Cors cors,
				ObjectProvider<UploadCorsCustomizer> customizers) {
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
		TomcatContinueSender tusTomcatContinueSender(TusProperties properties) {
			return new TomcatContinueSender(properties.path());
		}

		@Bean
		@ConditionalOnMissingBean(name = "tusTomcatContinueSenderRegistration")
		FilterRegistrationBean<TomcatContinueSender> tusTomcatContinueSenderRegistration(TomcatContinueSender sender) {
			return register("tusTomcatContinueSender", sender, Ordered.LOWEST_PRECEDENCE);
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

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(SecurityContextHolderFilter.class)
	static class SecurityConfiguration {

		@Bean
		SpringSecuritySenderContext tusSecuritySenderContext(ObjectProvider<SecurityContextHolderStrategy> strategy) {
			return new SpringSecuritySenderContext(
					strategy.getIfUnique(SecurityContextHolder::getContextHolderStrategy));
		}

	}

	/**
	 * Matches when an origin is named, or may be by a customizer.
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

	private static final class OnSigningKeysCondition extends OnPropertyListCondition {

		OnSigningKeysCondition() {
			super("tus.security.signing.keys", () -> ConditionMessage.forCondition("Keys for signing URLs"));
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
