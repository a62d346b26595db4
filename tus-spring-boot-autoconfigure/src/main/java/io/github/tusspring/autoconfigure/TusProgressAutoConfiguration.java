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

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.web.ProgressEvents;
import io.github.tusspring.web.ProgressHandler;
import io.github.tusspring.web.ServletExchanges;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for pages that follow uploads.
 */
@AutoConfiguration(after = TusWebMvcAutoConfiguration.class)
@ConditionalOnBean(ServletExchanges.class)
@ConditionalOnBooleanProperty("tus.progress.enabled")
@EnableConfigurationProperties(TusProgressProperties.class)
public final class TusProgressAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ProgressEvents tusProgressEvents(TusProgressProperties properties) {
		return new ProgressEvents(properties.maxStreams(), properties.maxStreamsPerClient());
	}

	@Bean
	ProgressLifecycle tusProgressLifecycle(ProgressEvents events, TusUploads uploads) {
		return new ProgressLifecycle(events, uploads);
	}

	@Bean
	@ConditionalOnMissingBean(name = "tusProgressHandlerMapping")
	UploadHandlerMapping tusProgressHandlerMapping(UploadService service, ServletExchanges exchanges,
			ProgressEvents events, EndpointRules endpoints, TusProperties properties,
			@Qualifier("requestMappingHandlerMapping") ObjectProvider<RequestMappingHandlerMapping> mvc) {
		Map<String, ProgressHandler> handlers = new LinkedHashMap<>();
		handlers.put(ProgressHandler.pattern(properties.path()), new ProgressHandler(service, exchanges, events, null));
		endpoints.paths()
			.forEach((path) -> handlers.put(ProgressHandler.pattern(path),
					new ProgressHandler(service, exchanges, events, path)));
		return new UploadHandlerMapping(handlers, UploadHandlerMapping.ORDER - 1, mvc.getIfAvailable());
	}

}
