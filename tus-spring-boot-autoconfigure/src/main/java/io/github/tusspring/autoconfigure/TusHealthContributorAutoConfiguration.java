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

import java.util.Map;

import io.github.tusspring.actuate.DeliveryHealthIndicator;
import io.github.tusspring.actuate.ReadinessGroup;
import io.github.tusspring.actuate.StorageHealthIndicator;
import io.github.tusspring.upload.FinishingUploads;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of what takes
 * uploads.
 */
@AutoConfiguration(after = TusAutoConfiguration.class,
		afterName = "org.springframework.boot.health.autoconfigure.actuate.endpoint.AvailabilityProbesAutoConfiguration")
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(UploadService.class)
@ConditionalOnEnabledHealthIndicator("tus")
@Import(FinishingUploadsConfiguration.class)
public final class TusHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = { "tusHealthContributor", "tusHealthIndicator" })
	CompositeHealthContributor tusHealthContributor(UploadStorage storage, FinishingUploads finishing,
			TusProperties properties) {
		long minFreeSpace = properties.storage().disk().minFreeSpace().toBytes();
		return CompositeHealthContributor.fromMap(Map.of("storage", new StorageHealthIndicator(storage, minFreeSpace),
				"deliveries", new DeliveryHealthIndicator(finishing)));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthEndpointGroups.class)
	static class ReadinessConfiguration {

		@Bean
		HealthEndpointGroupsPostProcessor tusReadinessGroup(Environment environment) {
			// Who says what belongs to the group says it of us, too.
			boolean chosen = Binder.get(environment)
				.bind("management.endpoint.health.group.readiness.include", Bindable.setOf(String.class))
				.isBound();
			return chosen ? (groups) -> groups : new ReadinessGroup();
		}

	}

}
