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

import io.github.tusspring.upload.MetadataLimits;
import io.github.tusspring.upload.QuotaLimits;
import io.github.tusspring.upload.QuotaUploadStorage;
import io.github.tusspring.upload.UploadQuota;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for limits of what clients may
 * store.
 */
@AutoConfiguration(after = TusAutoConfiguration.class)
@ConditionalOnBean(UploadService.class)
@EnableConfigurationProperties(TusProperties.class)
public final class TusQuotaAutoConfiguration {

	private static final Log logger = LogFactory.getLog(TusQuotaAutoConfiguration.class);

	@Bean
	@ConditionalOnMissingBean
	MetadataLimits tusMetadataLimits(TusProperties properties) {
		return properties.limits().ofMetadata();
	}

	/**
	 * Puts the limits before the storage, whoever made it.
	 */
	@Bean
	static BeanPostProcessor tusQuotaPostProcessor(ObjectProvider<TusProperties> properties,
			ObjectProvider<UploadQuota> quotas, ListableBeanFactory beanFactory) {
		return new BeanPostProcessor() {

			@Override
			public Object postProcessAfterInitialization(Object bean, String beanName) {
				if (!(bean instanceof UploadStorage storage) || bean instanceof QuotaUploadStorage) {
					return bean;
				}
				QuotaLimits limits = properties.getObject().limits().ofContent();
				return (limits.isLimited() || hasQuotas(beanFactory))
						? new QuotaUploadStorage(storage, limits, () -> quotas.orderedStream().toList()) : bean;
			}

		};
	}

	/**
	 * Whether there are quotas, without making them: one may need the storage itself.
	 */
	private static boolean hasQuotas(ListableBeanFactory beanFactory) {
		return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, UploadQuota.class, true,
				false).length > 0;
	}

	@Bean
	SmartInitializingSingleton tusQuotaCount(UploadStorage storage, TusProperties properties,
			ListableBeanFactory beanFactory) {
		return () -> {
			if (storage instanceof QuotaUploadStorage limited) {
				limited.load();
			}
			else if (properties.limits().ofContent().isLimited() || hasQuotas(beanFactory)) {
				logger.warn("The limits of what clients may store don't hold, since a parent context has made the "
						+ "storage of uploads. Define the UploadStorage in the context of the web server");
			}
		};
	}

}
