package io.github.tusspring.autoconfigure;

import io.github.tusspring.upload.FinishingUploads;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Keeps an eye on what waits for its delivery, where somebody asks for it.
 */
@Configuration(proxyBeanMethods = false)
class FinishingUploadsConfiguration {

	@Bean
	@ConditionalOnMissingBean
	FinishingUploads tusFinishingUploads() {
		return new FinishingUploads();
	}

}
