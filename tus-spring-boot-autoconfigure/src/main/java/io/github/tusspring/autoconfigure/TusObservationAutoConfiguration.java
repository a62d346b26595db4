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

import io.github.tusspring.observation.DefaultUploadObservationConvention;
import io.github.tusspring.observation.UploadObservationConvention;
import io.github.tusspring.observation.UploadObservations;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.UploadService;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for observations of uploads.
 */
@AutoConfiguration(after = TusAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
// After what has handlers.
@AutoConfigureOrder(Ordered.LOWEST_PRECEDENCE)
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean({ ObservationRegistry.class, UploadService.class })
@ConditionalOnBooleanProperty(name = "tus.observations.enabled", matchIfMissing = true)
@ConditionalOnObservedUploads
@EnableConfigurationProperties(TusObservationsProperties.class)
public final class TusObservationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	UploadObservations tusUploadObservations(ObservationRegistry registry, EndpointRules endpoints,
			ObjectProvider<UploadObservationConvention> convention) {
		return new UploadObservations(registry, endpoints,
				convention.getIfAvailable(DefaultUploadObservationConvention::new));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterFilter.class)
	static class MeterConfiguration {

		/**
		 * Our meters say the same, with tags that don't depend on a convention.
		 */
		@Bean
		MeterFilter tusObservationMeterFilter() {
			return MeterFilter.denyNameStartsWith("tus.upload.");
		}

	}

}
