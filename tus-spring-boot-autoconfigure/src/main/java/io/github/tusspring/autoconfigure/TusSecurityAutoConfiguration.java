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
import java.util.stream.Stream;

import io.github.tusspring.security.AuthorizationManagerAuthorizer;
import io.github.tusspring.security.UploadRequestMatchers;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.UploadAccess;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.web.ProgressEvents;
import io.github.tusspring.web.ProgressHandler;
import io.github.tusspring.web.ServletExchanges;
import io.github.tusspring.web.SignedUploadUrls;
import io.github.tusspring.web.endpoint.EndpointRoutes;
import io.github.tusspring.web.endpoint.TusAttributes;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for uploads behind Spring Security.
 */
@AutoConfiguration(after = { TusWebMvcAutoConfiguration.class, TusEndpointAutoConfiguration.class })
@ConditionalOnClass(AuthorizationManager.class)
@ConditionalOnBean(UploadService.class)
public final class TusSecurityAutoConfiguration {

	@Bean
	AuthorizationManagerAuthorizer tusAuthorizationManagerAuthorizer(
			ObjectProvider<AuthorizationManager<UploadAccess>> managers) {
		return new AuthorizationManagerAuthorizer(managers.orderedStream().toList());
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ SecurityFilterChain.class, DispatcherServletPath.class })
	@ConditionalOnBean(ServletExchanges.class)
	static class WebConfiguration {

		@Bean
		UploadRequestMatchers tusUploadRequestMatchers(TusProperties properties,
				ObjectProvider<DispatcherServletPath> servletPath, ObjectProvider<EndpointRoutes> endpoints,
				ObjectProvider<SignedUploadUrls> signedUrls, ObjectProvider<ProgressEvents> progress,
				EndpointRules rules) {
			String prefix = ServletPrefix.of(servletPath);
			PathPatternRequestMatcher.Builder paths = PathPatternRequestMatcher.withDefaults();
			RequestMatcher toUploads = paths.matcher(prefix + properties.path() + "/**");
			RequestMatcher toEndpoints = endpoints(endpoints);
			RequestMatcher toAny = (request) -> toUploads.matches(request) || toEndpoints.matches(request)
					|| isHandedOver(request);
			SignedUploadUrls urls = signedUrls.getIfAvailable();
			RequestMatcher toEvents = (progress.getIfAvailable() != null)
					? events(prefix, Stream.concat(Stream.of(properties.path()), rules.paths().stream()))
					: (request) -> false;
			return new UploadRequestMatchers(toUploads, toEndpoints,
					(request) -> urls != null && ((toAny.matches(request) && urls.isSigned(request))
							|| (toEvents.matches(request) && urls.isSignedToFollow(request))));
		}

		/**
		 * Whether a request for an upload is being dispatched, or forwarded, to an
		 * endpoint's handler, and looks like an ordinary one.
		 */
		private static boolean isHandedOver(HttpServletRequest request) {
			return request.getAttribute(TusAttributes.UPLOAD) != null;
		}

		/**
		 * Matches what is handled by us wherever uploads can be followed: below no other
		 * path, and at no servlet of the application's own.
		 */
		private static RequestMatcher events(String prefix, Stream<String> paths) {
			PathPatternRequestMatcher.Builder builder = PathPatternRequestMatcher.withDefaults();
			List<PathPatternRequestMatcher> matchers = paths
				.map((path) -> builder.matcher(HttpMethod.GET, prefix + ProgressHandler.pattern(path)))
				.toList();
			return (request) -> isOfSpringMvc(request, prefix)
					&& matchers.stream().anyMatch((matcher) -> matcher.matches(request));
		}

		private static boolean isOfSpringMvc(HttpServletRequest request, String prefix) {
			HttpServletMapping mapping = request.getHttpServletMapping();
			if (mapping.getMappingMatch() == null) {
				// MockMvc knows one servlet only.
				return true;
			}
			return prefix.isEmpty() ? mapping.getMappingMatch() == MappingMatch.DEFAULT
					: mapping.getPattern().equals(prefix + "/*");
		}

		private static RequestMatcher endpoints(ObjectProvider<EndpointRoutes> endpoints) {
			EndpointRoutes available = endpoints.getIfAvailable();
			return (request) -> available != null && available.take(request);
		}

		@Bean
		DefaultChainCheck tusDefaultChainCheck(ListableBeanFactory beans, TusProperties properties) {
			return new DefaultChainCheck(beans, properties);
		}

	}

}
