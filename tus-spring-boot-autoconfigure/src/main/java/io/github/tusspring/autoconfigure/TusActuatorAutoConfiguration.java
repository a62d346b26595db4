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

import io.github.tusspring.actuate.TusEndpoint;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.FinishingUploads;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadOperations;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the actuator's endpoint
 * {@code tus}.
 */
@AutoConfiguration(after = TusAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
@ConditionalOnBean(UploadService.class)
@ConditionalOnAvailableEndpoint(TusEndpoint.class)
@EnableConfigurationProperties(TusActuatorProperties.class)
@Import(FinishingUploadsConfiguration.class)
public final class TusActuatorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TusEndpoint tusEndpoint(UploadService service, TusUploads uploads, UploadStorage storage, EndpointRules endpoints,
			FinishingUploads finishing, TusProperties properties, TusActuatorProperties actuator) {
		return new TusEndpoint(new UploadOperations(service, uploads), finishing,
				settings(storage, endpoints, properties), actuator.showValues(), actuator.roles());
	}

	private static Map<String, Object> settings(UploadStorage storage, EndpointRules endpoints,
			TusProperties properties) {
		Map<String, Object> settings = new LinkedHashMap<>();
		settings.put("path", properties.path());
		settings.put("endpoints", endpoints.paths());
		settings.put("storage", storage.toString());
		if (properties.maxSize() != null) {
			settings.put("maxSize", properties.maxSize().toBytes());
		}
		settings.put("expirationAfter", properties.expiration().after());
		return settings;
	}

}
