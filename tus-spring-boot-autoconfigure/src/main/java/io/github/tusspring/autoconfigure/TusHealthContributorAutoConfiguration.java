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
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the health of what takes
 * uploads.
 */
@AutoConfiguration(after = TusAutoConfiguration.class)
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
		return CompositeHealthContributor
			.fromMap(Map.of("storage", new StorageHealthIndicator(storage, minFreeSpace), "deliveries",
					new DeliveryHealthIndicator(finishing)));
	}

	/**
	 * Who says what belongs to the group is the one to add to it.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthEndpointGroups.class)
	@ConditionalOnProperty(name = "management.endpoint.health.group.readiness.include", matchIfMissing = true,
			havingValue = ReadinessConfiguration.NEVER)
	static class ReadinessConfiguration {

		static final String NEVER = "\0";

		@Bean
		ReadinessGroup tusReadinessGroup() {
			return new ReadinessGroup();
		}

	}

}
