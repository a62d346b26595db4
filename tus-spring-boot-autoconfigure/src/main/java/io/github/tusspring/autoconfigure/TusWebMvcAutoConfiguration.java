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
import io.github.tusspring.web.DetachFilter;
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
import io.github.tusspring.web.UploadHandler;
import io.github.tusspring.web.UploadOwnerResolver;
import io.github.tusspring.web.bind.UploadArgumentResolver;
import io.micrometer.observation.ObservationRegistry;
import jakarta.servlet.ServletContext;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.log.LogMessage;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextHolderStrategy;
import org.springframework.security.web.context.SecurityContextHolderFilter;
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
@Import({ TusCorsConfiguration.class, TusServerConfigurations.TomcatConfiguration.class,
		TusServerConfigurations.JettyConfiguration.class, TusServerConfigurations.EmbeddedJettyConfiguration.class })
public final class TusWebMvcAutoConfiguration {

	private static final Log logger = LogFactory.getLog(TusWebMvcAutoConfiguration.class);

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
		// Only an embedded server is known to have been told to let the trailer through.
		boolean trailers = context instanceof WebServerApplicationContext;
		return new TusProtocol(properties.maxLength(), !expiration.after().isZero(), trailers,
				properties.download().enabled());
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
		StorageThreads storageThreads = storage.isRemote()
				? new StorageThreads(STORAGE_THREADS, observations.getIfUnique(() -> ObservationRegistry.NOOP)) : null;
		return new ServletTransfers(ConnectionAborter.any(aborters.orderedStream().toList()),
				continueSender.getIfAvailable(() -> ContinueSender.NONE),
				DirectInput.Factory.any(inputs.orderedStream().toList()),
				InterimResponses.any(interimResponses.orderedStream().toList()), storageThreads);
	}

	@Bean
	AsyncSupportCheck tusAsyncSupportCheck(ListableBeanFactory beans) {
		return new AsyncSupportCheck(beans);
	}

	@Bean
	PathCheck tusPathCheck(TusProperties properties,
			@Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mvc) {
		return new PathCheck(properties.path(), mvc);
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
		TusProtocol spoken = protocol.forHandOver(properties.maxLength(), !expiration.after().isZero());
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
	@ConditionalOnMissingBean(name = "tusDetachFilter")
	FilterRegistrationBean<DetachFilter> tusDetachFilter() {
		return UploadFilters.registerFirst("tusDetachFilter", new DetachFilter());
	}

	@Bean
	@ConditionalOnMissingBean(name = "tusBodyShieldFilter")
	FilterRegistrationBean<BodyShieldFilter> tusBodyShieldFilter(TusProperties properties) {
		return UploadFilters.register("tusBodyShieldFilter",
				new BodyShieldFilter(UploadFilters.below(properties.path())), UploadFilters.ORDER + 1);
	}

	@Bean
	@ConditionalOnMissingBean(name = "tusTraceFilter")
	FilterRegistrationBean<TraceFilter> tusTraceFilter(TusProperties properties) {
		return UploadFilters.register("tusTraceFilter", new TraceFilter(UploadFilters.below(properties.path())),
				UploadFilters.ORDER + 1);
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
			return new SignedUploadUrls(security.signing().keys(), servletContext.getContextPath(),
					ServletPrefix.of(servletPath) + properties.path(), ids, Clock.systemUTC(), expiration.remembered());
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

	private static final class OnSigningKeysCondition extends OnPropertyListCondition {

		OnSigningKeysCondition() {
			super("tus.security.signing.keys", () -> ConditionMessage.forCondition("Keys for signing URLs"));
		}

	}

}
