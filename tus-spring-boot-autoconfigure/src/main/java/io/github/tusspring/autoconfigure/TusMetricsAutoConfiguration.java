package io.github.tusspring.autoconfigure;

import io.github.tusspring.actuate.StorageMetrics;
import io.github.tusspring.actuate.UploadMetrics;
import io.github.tusspring.upload.FinishingUploads;
import io.github.tusspring.upload.UploadEndpoints;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;
import io.micrometer.core.instrument.MeterRegistry;

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
	UploadMetrics tusUploadMetrics(MeterRegistry registry, UploadEndpoints endpoints) {
		return new UploadMetrics(registry, endpoints);
	}

	@Bean
	@ConditionalOnMissingBean
	StorageMetrics tusStorageMetrics(UploadStorage storage, FinishingUploads finishing) {
		return new StorageMetrics(storage, finishing);
	}

}
