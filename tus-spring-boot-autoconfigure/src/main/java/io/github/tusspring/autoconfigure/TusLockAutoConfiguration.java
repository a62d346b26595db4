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

import javax.sql.DataSource;

import io.github.tusspring.lock.ClusterUploadLocker;
import io.github.tusspring.lock.LeaseStore;
import io.github.tusspring.lock.jdbc.JdbcLeaseStore;
import io.github.tusspring.lock.redis.RedisLeaseStore;
import io.github.tusspring.upload.UploadFence;
import io.github.tusspring.upload.UploadLocker;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.init.DatabaseInitializationProperties;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for locks that several instances of
 * an application share: in a table of a database, or in Redis.
 */
@AutoConfiguration(before = TusAutoConfiguration.class,
		afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
				"org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration" })
@ConditionalOnBooleanProperty(name = "tus.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TusLockProperties.class)
public final class TusLockAutoConfiguration {

	private static final String TYPE = "tus.lock.type";

	@Bean
	@ConditionalOnMissingBean(UploadLocker.class)
	@ConditionalOnProperty(name = TYPE, havingValue = "jdbc")
	ClusterUploadLocker tusJdbcUploadLocker(ObjectProvider<LeaseStore> store, TusLockProperties properties,
			ObjectProvider<UploadFence> fence) {
		return locker(store, properties, fence);
	}

	@Bean
	@ConditionalOnMissingBean(UploadLocker.class)
	@ConditionalOnProperty(name = TYPE, havingValue = "redis")
	ClusterUploadLocker tusRedisUploadLocker(ObjectProvider<LeaseStore> store, TusLockProperties properties,
			ObjectProvider<UploadFence> fence) {
		return locker(store, properties, fence);
	}

	private static ClusterUploadLocker locker(ObjectProvider<LeaseStore> store, TusLockProperties properties,
			ObjectProvider<UploadFence> fence) {
		return new ClusterUploadLocker(store.getObject(), properties.lease(),
				fence.getIfAvailable(() -> UploadFence.NONE));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = TYPE, havingValue = "jdbc")
	@ConditionalOnMissingBean({ UploadLocker.class, LeaseStore.class })
	@ConditionalOnClass({ JdbcClient.class, DatabaseInitializationProperties.class })
	@EnableConfigurationProperties(TusLockJdbcProperties.class)
	static class JdbcConfiguration {

		@Bean
		@ConditionalOnMissingBean
		LockTableInitializer tusLockTableInitializer(ObjectProvider<DataSource> dataSource,
				TusLockJdbcProperties properties) {
			return new LockTableInitializer(require(dataSource), properties);
		}

		@Bean
		@DependsOnDatabaseInitialization
		JdbcLeaseStore tusJdbcLeaseStore(ObjectProvider<DataSource> dataSource) {
			return new JdbcLeaseStore(require(dataSource));
		}

		private static DataSource require(ObjectProvider<DataSource> provider) {
			DataSource dataSource = provider.getIfUnique();
			if (dataSource == null) {
				throw new MissingDependencyException("tus.lock.type=jdbc", "one DataSource, and there is none or more",
						"Set 'spring.datasource.url' and add the database's driver and "
								+ "'org.springframework.boot:spring-boot-starter-jdbc', mark one of several as "
								+ "primary, or define a JdbcLeaseStore bean.");
			}
			return dataSource;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = TYPE, havingValue = "jdbc")
	@ConditionalOnMissingBean({ UploadLocker.class, LeaseStore.class })
	@ConditionalOnMissingClass("org.springframework.boot.jdbc.init.DatabaseInitializationProperties")
	static class MissingJdbcConfiguration {

		@Bean
		LeaseStore tusMissingLeaseStore() {
			throw new MissingDependencyException("tus.lock.type=jdbc", "Spring's JDBC support",
					"Add the dependency 'org.springframework.boot:spring-boot-starter-jdbc'.");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = TYPE, havingValue = "redis")
	@ConditionalOnMissingBean({ UploadLocker.class, LeaseStore.class })
	@ConditionalOnClass(RedisMessageListenerContainer.class)
	static class RedisConfiguration {

		@Bean
		RedisLeaseStore tusRedisLeaseStore(ObjectProvider<RedisConnectionFactory> connections,
				TusLockProperties properties) {
			RedisConnectionFactory factory = connections.getIfUnique();
			if (factory == null) {
				throw new MissingDependencyException("tus.lock.type=redis",
						"one RedisConnectionFactory, and there is none or more",
						"Add the dependency 'org.springframework.boot:spring-boot-starter-data-redis', mark one of "
								+ "several as primary, or define a RedisLeaseStore bean.");
			}
			return new RedisLeaseStore(factory, properties.redis().prefix());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnProperty(name = TYPE, havingValue = "redis")
	@ConditionalOnMissingBean({ UploadLocker.class, LeaseStore.class })
	@ConditionalOnMissingClass("org.springframework.data.redis.listener.RedisMessageListenerContainer")
	static class MissingRedisConfiguration {

		@Bean
		LeaseStore tusMissingLeaseStore() {
			throw new MissingDependencyException("tus.lock.type=redis", "Spring Data Redis",
					"Add the dependency 'org.springframework.boot:spring-boot-starter-data-redis'.");
		}

	}

}
