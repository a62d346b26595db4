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
import java.time.Clock;
import java.time.Duration;

import io.github.tusspring.lock.LocalUploadLocker;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.SharedDiskUploadStorage;
import io.github.tusspring.upload.AbsentClients;
import io.github.tusspring.upload.DeliverySchedule;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.MinimumRate;
import io.github.tusspring.upload.ObservedUploadLocker;
import io.github.tusspring.upload.ObservedUploadStorage;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadAuthorizer;
import io.github.tusspring.upload.UploadCleaner;
import io.github.tusspring.upload.UploadDelivery;
import io.github.tusspring.upload.UploadEvents;
import io.github.tusspring.upload.UploadGuard;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadInterceptor;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadPolicy;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for receiving resumable uploads: the
 * engine, without its web adapter. An application that is not a web application has the
 * uploads, in the same storage and under the same locks, but receives none: it neither
 * delivers nor cleans.
 */
@AutoConfiguration
@ConditionalOnBooleanProperty(name = "tus.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TusProperties.class)
public final class TusAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	UploadLocker tusUploadLocker() {
		return new LocalUploadLocker();
	}

	@Bean
	@ConditionalOnMissingBean
	UploadIdGenerator tusUploadIdGenerator() {
		return UploadIdGenerator.random();
	}

	@Bean
	@ConditionalOnMissingBean
	EndpointRules tusEndpointRules(TusProperties properties) {
		return new EndpointRules(properties.endpoints().stream().map((endpoint) -> endpoint.toEndpoint()).toList());
	}

	@Bean
	@ConditionalOnMissingBean
	ExpirationPolicy tusExpirationPolicy(TusProperties properties, EndpointRules endpoints) {
		TusProperties.Expiration expiration = properties.expiration();
		return new ExpirationPolicy(expiration.after(), expiration.mode() == TusProperties.Expiration.Mode.SLIDING,
				expiration.completedAfter(), endpoints);
	}

	@Bean
	@ConditionalOnMissingBean
	TusUploads tusUploads(UploadStorage storage, UploadLocker locker, ExpirationPolicy expiration,
			TusObserver observer) {
		return new TusUploads(ObservedUploadStorage.of(storage, observer.all()), locker, expiration);
	}

	@Bean
	TusObserver tusObserver(ObjectProvider<UploadObserver> observers) {
		return new TusObserver(UploadObserver.all(observers.orderedStream().toList()));
	}

	/**
	 * What receives, delivers and cleans.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@Import({ TusTaskConfigurations.SweeperConfiguration.class, TusTaskConfigurations.PlatformConfiguration.class,
			TusTaskConfigurations.VirtualConfiguration.class })
	static class WebConfiguration {

		/**
		 * How long a request waits for one that is asked to let go of the upload: a disk
		 * may take a while.
		 */
		private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(5);

		@Bean
		@ConditionalOnMissingBean
		UploadDelivery tusUploadDelivery(UploadStorage storage, UploadLocker locker, TusUploads uploads,
				ApplicationEventPublisher publisher, TusTasks tasks, TusProperties properties,
				ExpirationPolicy expiration, TusObserver observer, ObjectProvider<AbsentClients> absent) {
			DeliverySchedule schedule = new DeliverySchedule(tasks.deliveries(), tasks.claims(),
					properties.redelivery().initialDelay(), properties.redelivery().maxDelay());
			return new UploadDelivery(ObservedUploadStorage.of(storage, observer.all()), locker, uploads, publisher,
					schedule, expiration, observer.all(), absent.getIfAvailable(() -> AbsentClients.UNKNOWN));
		}

		@Bean
		UploadGuard tusUploadGuard(ObjectProvider<UploadAuthorizer> authorizers) {
			return new UploadGuard(authorizers.orderedStream().toList());
		}

		@Bean
		@ConditionalOnMissingBean
		UploadEvents tusUploadEvents(ApplicationEventPublisher publisher, TusObserver observer, TusTasks tasks) {
			return new UploadEvents(publisher, observer.all(), tasks::listen, tasks::listenLater);
		}

		@Bean
		@ConditionalOnMissingBean
		UploadService tusUploadService(UploadStorage storage, UploadLocker locker, ExpirationPolicy expiration,
				ObjectProvider<UploadInterceptor> interceptors, UploadEvents events, UploadDelivery delivery,
				TusProperties properties, EndpointRules endpoints, UploadGuard guard, TusObserver observer) {
			UploadPolicy policy = new UploadPolicy(properties.maxLength(), expiration,
					properties.termination().finished(), properties.append().takeOverAfter(), LOCK_TIMEOUT, endpoints,
					minRate(properties.append()), properties.limits().ofUploads());
			return new UploadService(ObservedUploadStorage.of(storage, observer.all()),
					ObservedUploadLocker.of(locker, observer.all()), policy, interceptors.orderedStream().toList(),
					events, delivery, guard);
		}

		private static @Nullable MinimumRate minRate(TusProperties.Append append) {
			return (append.minRate() != null) ? new MinimumRate(append.minRate().toBytes(), append.minRateWindow())
					: null;
		}

		@Bean
		@ConditionalOnMissingBean
		UploadCleaner tusUploadCleaner(UploadStorage storage, UploadLocker locker, ExpirationPolicy expiration,
				UploadEvents events, TusObserver observer) {
			return new UploadCleaner(ObservedUploadStorage.of(storage, observer.all()), locker, expiration, events,
					Clock.systemUTC());
		}

		@Bean
		TusLifecycle tusLifecycle(UploadService service, UploadCleaner cleaner, TusTasks tasks,
				TusProperties properties) {
			return new TusLifecycle(service, cleaner, tasks, properties);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingBean(UploadStorage.class)
	@ConditionalOnProperty(name = "tus.storage.type", havingValue = "disk", matchIfMissing = true)
	static class DiskConfiguration {

		@Bean
		@ConditionalOnProperty(name = "tus.lock.type", havingValue = "local", matchIfMissing = true)
		DiskUploadStorage tusUploadStorage(TusProperties properties) {
			TusProperties.Storage.Disk disk = properties.storage().disk();
			Path directory = disk.directory();
			try {
				return new DiskUploadStorage(directory, disk.durability(), disk.minFreeSpace().toBytes());
			}
			catch (IOException ex) {
				throw new UnusableDirectoryException(directory, ex);
			}
		}

		@Bean
		@ConditionalOnMissingBean(UploadStorage.class)
		SharedDiskUploadStorage tusSharedUploadStorage(TusProperties properties) {
			TusProperties.Storage.Disk disk = properties.storage().disk();
			Path directory = disk.directory();
			try {
				return new SharedDiskUploadStorage(directory, disk.durability(), disk.minFreeSpace().toBytes());
			}
			catch (IOException ex) {
				throw new UnusableDirectoryException(directory, ex);
			}
		}

	}

}
