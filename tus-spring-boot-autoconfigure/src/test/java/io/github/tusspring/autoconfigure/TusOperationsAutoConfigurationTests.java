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

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import io.github.tusspring.actuate.StorageMetrics;
import io.github.tusspring.actuate.TusEndpoint;
import io.github.tusspring.actuate.UploadMetrics;
import io.github.tusspring.observation.DefaultUploadObservationConvention;
import io.github.tusspring.observation.MdcObserver;
import io.github.tusspring.observation.UploadObservationConvention;
import io.github.tusspring.observation.UploadObservations;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.FinishingUploads;
import io.github.tusspring.upload.MetadataLimits;
import io.github.tusspring.upload.QuotaLimits;
import io.github.tusspring.upload.QuotaUploadStorage;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.web.ProgressEvents;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.ObservationTextPublisher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationRegistryCustomizer;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * What an operator gets, and when there is none of it.
 */
class TusOperationsAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(TusAutoConfiguration.class,
			TusWebMvcAutoConfiguration.class, TusMetricsAutoConfiguration.class, TusObservationAutoConfiguration.class,
			TusHealthContributorAutoConfiguration.class, TusActuatorAutoConfiguration.class,
			TusLoggingAutoConfiguration.class, TusProgressAutoConfiguration.class);

	@TempDir
	private Path directory;

	private WebApplicationContextRunner runner() {
		return new WebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues("tus.storage.disk.directory=" + this.directory.resolve("uploads"));
	}

	private WebApplicationContextRunner withRegistries() {
		return runner().withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(ObservationRegistry.class, ObservationRegistry::create);
	}

	@Test
	void uploadsAreCountedObservedAndLookedAt() {
		withRegistries().withPropertyValues("management.endpoints.web.exposure.include=tus")
			.run((context) -> assertThat(context).hasSingleBean(UploadMetrics.class)
				.hasSingleBean(StorageMetrics.class)
				.hasSingleBean(UploadObservations.class)
				.hasSingleBean(FinishingUploads.class)
				.hasBean("tusHealthContributor")
				.hasSingleBean(TusEndpoint.class)
				.hasSingleBean(MdcObserver.class)
				.doesNotHaveBean(ProgressEvents.class));
	}

	@Test
	void whenNoAccessIsAllowedThenThereIsNoEndpoint() {
		withRegistries()
			.withPropertyValues("management.endpoints.web.exposure.include=tus", "management.endpoint.tus.access=NONE")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(TusEndpoint.class));
	}

	@Test
	void whenOnlyMetersComeOfObservationsThenUploadsAreNotObserved() {
		withHandlerOfMeters().run((context) -> assertThat(context).hasSingleBean(MeterObservationHandler.class)
			.hasSingleBean(ObservationRegistry.class)
			.doesNotHaveBean(UploadObservations.class));
	}

	@Test
	void whenMoreMayComeOfObservationsThenUploadsAreObserved() {
		Stream.of(
				withHandlerOfMeters().withBean("handler", ObservationTextPublisher.class,
						ObservationTextPublisher::new),
				withHandlerOfMeters().withBean(ObservationRegistryCustomizer.class, () -> (registry) -> {
				}),
				withHandlerOfMeters().withBean(UploadObservationConvention.class,
						DefaultUploadObservationConvention::new),
				withHandlerOfMeters().withBean("observationRegistry", ObservationRegistry.class,
						ObservationRegistry::create),
				withHandlerOfMeters().withPropertyValues("tus.observations.enabled=true"))
			.forEach((runner) -> runner.run((context) -> assertThat(context).hasSingleBean(UploadObservations.class)));
	}

	private WebApplicationContextRunner withHandlerOfMeters() {
		return runner()
			.withConfiguration(
					AutoConfigurations.of(ObservationAutoConfiguration.class, MetricsAutoConfiguration.class))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new);
	}

	@Test
	void withoutRegistriesNothingIsCounted() {
		runner().run((context) -> assertThat(context).hasSingleBean(UploadService.class)
			.doesNotHaveBean(UploadMetrics.class)
			.doesNotHaveBean(UploadObservations.class));
	}

	@Test
	void propertiesSwitchMetersAndObservationsOff() {
		withRegistries().withPropertyValues("tus.metrics.enabled=false", "tus.observations.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(UploadMetrics.class)
				.doesNotHaveBean(StorageMetrics.class)
				.doesNotHaveBean(UploadObservations.class));
	}

	@Test
	void healthIsSwitchedOffAsBootDoes() {
		runner().withPropertyValues("management.health.tus.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("tusHealthContributor"));
	}

	@Test
	void backsOffWhenTheApplicationCountsItself() {
		UploadMetrics own = new UploadMetrics(new SimpleMeterRegistry(), EndpointRules.NONE, false);
		UploadObservations observations = new UploadObservations(ObservationRegistry.NOOP, EndpointRules.NONE,
				new DefaultUploadObservationConvention());
		withRegistries().withBean("mine", UploadMetrics.class, () -> own)
			.withBean("myObservations", UploadObservations.class, () -> observations)
			.run((context) -> assertThat(context).hasSingleBean(UploadMetrics.class)
				.hasBean("mine")
				.hasSingleBean(UploadObservations.class)
				.hasBean("myObservations"));
	}

	@Test
	void backsOffWhenTheApplicationMeasuresTheStorageItself() {
		withRegistries()
			.withBean("mine", StorageMetrics.class,
					() -> new StorageMetrics(mock(UploadStorage.class), new FinishingUploads()))
			.run((context) -> assertThat(context).hasSingleBean(StorageMetrics.class).hasBean("mine"));
	}

	@Test
	void limitsStandBeforeTheStorageOnlyWhereThereAreAny() {
		runner().withConfiguration(AutoConfigurations.of(TusQuotaAutoConfiguration.class))
			.run((context) -> assertThat(context.getBean(UploadStorage.class))
				.isNotInstanceOf(QuotaUploadStorage.class));
		runner().withConfiguration(AutoConfigurations.of(TusQuotaAutoConfiguration.class))
			.withPropertyValues("tus.limits.max-stored=9")
			.run((context) -> assertThat(context.getBean(UploadStorage.class)).isInstanceOf(QuotaUploadStorage.class));
	}

	@Test
	void backsOffWhenTheApplicationLimitsUploadsItself() {
		MetadataLimits limits = new MetadataLimits(0, 1, List.of(), List.of());
		runner().withConfiguration(AutoConfigurations.of(TusQuotaAutoConfiguration.class))
			.withPropertyValues("tus.limits.max-stored=9", "tus.limits.max-metadata-keys=9")
			.withBean("mine", MetadataLimits.class, () -> limits)
			.withUserConfiguration(OwnQuota.class)
			.run((context) -> {
				assertThat(context).hasSingleBean(MetadataLimits.class).hasBean("mine");
				assertThat(context.getBean(UploadStorage.class)).isSameAs(context.getBean(OwnQuota.class).storage);
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnQuota {

		private UploadStorage storage;

		@Bean
		UploadStorage ownStorage(@Value("${tus.storage.disk.directory}") Path directory) throws IOException {
			this.storage = new QuotaUploadStorage(new DiskUploadStorage(directory, Durability.NONE, 0),
					new QuotaLimits(0, 0, 1, 0, 0, 0), List::of);
			return this.storage;
		}

	}

}
