package io.github.tusspring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.web.ServletExchanges;
import io.github.tusspring.web.TusHandler;
import io.github.tusspring.web.endpoint.DeliveredResourceConverter;
import io.github.tusspring.web.endpoint.EndpointDispatchFilter;
import io.github.tusspring.web.endpoint.EndpointFilter;
import io.github.tusspring.web.endpoint.EndpointHandlers;
import io.github.tusspring.web.endpoint.HandlerLookup;
import io.github.tusspring.web.endpoint.ResumableEndpoint;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.log.LogMessage;
import org.springframework.http.HttpMethod;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for making the application's own
 * endpoints resumable.
 */
@AutoConfiguration(after = TusWebMvcAutoConfiguration.class)
@ConditionalOnBean(ServletExchanges.class)
@ConditionalOnProperty("tus.endpoints[0].path")
public final class TusEndpointAutoConfiguration {

	private static final Log logger = LogFactory.getLog(TusEndpointAutoConfiguration.class);

	@Bean
	HandlerLookup tusHandlerLookup(WebApplicationContext context, ObjectProvider<DispatcherServletPath> servletPath) {
		return new HandlerLookup(() -> handlerMappings(context), prefix(servletPath));
	}

	/**
	 * Returns the mappings that Spring MVC's servlet uses, in its order.
	 */
	private static List<HandlerMapping> handlerMappings(WebApplicationContext context) {
		List<HandlerMapping> mappings = new ArrayList<>(
				BeanFactoryUtils.beansOfTypeIncludingAncestors(context, HandlerMapping.class, true, false).values());
		AnnotationAwareOrderComparator.sort(mappings);
		return mappings;
	}

	private static String prefix(ObjectProvider<DispatcherServletPath> servletPath) {
		DispatcherServletPath path = servletPath.getIfAvailable();
		return (path != null) ? path.getPrefix() : "";
	}

	@Bean
	EndpointCheck tusEndpointCheck(TusProperties properties, HandlerLookup handlers, WebApplicationContext context,
			ObjectProvider<DispatcherServletPath> servletPath) {
		return new EndpointCheck(properties, new EndpointHandlers(handlers, context.getServletContext()),
				prefix(servletPath));
	}

	@Bean
	FilterRegistrationBean<EndpointFilter> tusEndpointFilter(TusProperties properties, TusProtocol protocol,
			UploadService service, TusUploads uploads, UploadIdGenerator ids, ServletExchanges exchanges,
			ExpirationPolicy expiration, HandlerLookup handlers, ObjectProvider<DispatcherServletPath> servletPath) {
		EndpointCheck.checkPaths(properties);
		List<ResumableEndpoint> endpoints = new ArrayList<>();
		for (TusProperties.Endpoint endpoint : properties.endpoints()) {
			String path = prefix(servletPath) + endpoint.path();
			TusProtocol spoken = protocol.forHandOver(properties.maxSize(endpoint), !expiration.isNever(path));
			endpoints.add(ResumableEndpoint.of(path, HttpMethod.valueOf(endpoint.method().name()),
					endpoint.deliver() == TusProperties.Endpoint.Deliver.PATH,
					new TusHandler(spoken, service, uploads, ids)));
			logger.info(LogMessage.format("Resumable uploads for %s %s", endpoint.method(), path));
		}
		return register(new EndpointFilter(endpoints, exchanges, uploads, handlers), DispatcherType.REQUEST,
				Ordered.LOWEST_PRECEDENCE);
	}

	@Bean
	FilterRegistrationBean<EndpointDispatchFilter> tusEndpointDispatchFilter() {
		return register(new EndpointDispatchFilter(), DispatcherType.ASYNC, Ordered.HIGHEST_PRECEDENCE);
	}

	@Bean
	WebMvcConfigurer tusEndpointConverters() {
		return new WebMvcConfigurer() {
			@Override
			public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
				builder.addCustomConverter(new DeliveredResourceConverter());
			}
		};
	}

	private static <T extends Filter> FilterRegistrationBean<T> register(T filter, DispatcherType dispatcherType,
			int order) {
		FilterRegistrationBean<T> registration = new FilterRegistrationBean<>(filter);
		registration.setDispatcherTypes(dispatcherType);
		registration.setOrder(order);
		return registration;
	}

}
