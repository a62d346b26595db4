package io.github.tusspring.autoconfigure;

import io.github.tusspring.observation.MdcObserver;
import io.github.tusspring.upload.UploadService;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the name of the upload in the
 * log.
 */
@AutoConfiguration(after = TusAutoConfiguration.class)
@ConditionalOnClass(MDC.class)
@ConditionalOnBean(UploadService.class)
public final class TusLoggingAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	MdcObserver tusMdcObserver() {
		return new MdcObserver();
	}

}
