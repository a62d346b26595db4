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

import io.github.tusspring.actuate.StorageMetrics;
import io.github.tusspring.actuate.UploadMetrics;
import io.github.tusspring.protocol.rufh.RufhProtocol;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.FinishingUploads;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the meters of uploads.
 */
@AutoConfiguration(after = TusAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, UploadService.class })
@ConditionalOnBooleanProperty(name = "tus.metrics.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TusMetricsProperties.class)
@Import(FinishingUploadsConfiguration.class)
public final class TusMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	UploadMetrics tusUploadMetrics(MeterRegistry registry, EndpointRules endpoints, ObjectProvider<RufhProtocol> rufh) {
		return new UploadMetrics(registry, endpoints, rufh.getIfAvailable() != null);
	}

	@Bean
	@ConditionalOnMissingBean
	StorageMetrics tusStorageMetrics(UploadStorage storage, FinishingUploads finishing) {
		return new StorageMetrics(storage, finishing);
	}

}
