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
import java.time.Duration;

import io.github.tusspring.lock.LocalUploadLocker;
import io.github.tusspring.storage.s3.S3ClientCustomizer;
import io.github.tusspring.storage.s3.S3HttpClientCustomizer;
import io.github.tusspring.storage.s3.S3KeyStrategy;
import io.github.tusspring.storage.s3.S3Location;
import io.github.tusspring.storage.s3.S3RequestCustomizer;
import io.github.tusspring.storage.s3.S3UploadStorage;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3AsyncClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.S3ServiceClientConfiguration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.log.LogMessage;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for uploads that are kept in a
 * bucket of a store that speaks S3.
 */
@AutoConfiguration(before = TusAutoConfiguration.class, after = TusLockAutoConfiguration.class,
		afterName = { "io.awspring.cloud.autoconfigure.s3.S3AutoConfiguration",
				"io.awspring.cloud.autoconfigure.s3.S3CrtAsyncClientAutoConfiguration" })
@ConditionalOnWebApplication(type = Type.SERVLET)
@ConditionalOnBooleanProperty(name = "tus.enabled", matchIfMissing = true)
@ConditionalOnProperty(name = "tus.storage.type", havingValue = "s3")
@ConditionalOnMissingBean(UploadStorage.class)
public final class TusS3AutoConfiguration {

	private static final Log logger = LogFactory.getLog(TusS3AutoConfiguration.class);

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(S3AsyncClient.class)
	@EnableConfigurationProperties(TusS3Properties.class)
	static class StorageConfiguration {

		/**
		 * The share of the heap that parts may take.
		 */
		private static final double LARGEST_SHARE = 0.6;

		@Bean
		@ConditionalOnMissingBean
		S3KeyStrategy tusS3KeyStrategy() {
			return (upload) -> S3Location.of(upload.id().toString());
		}

		/**
		 * Signs with the client's credentials, unless the application has a presigner.
		 * Made when the first URL is asked for.
		 */
		@Bean
		@Lazy
		@ConditionalOnMissingBean
		S3Presigner tusS3Presigner(S3AsyncClient client, TusS3Properties properties) {
			S3ServiceClientConfiguration configuration = client.serviceClientConfiguration();
			S3Presigner.Builder builder = S3Presigner.builder()
				.region(configuration.region())
				.credentialsProvider(configuration.credentialsProvider())
				.serviceConfiguration(
						S3Configuration.builder().pathStyleAccessEnabled(properties.pathStyleAccess()).build());
			configuration.endpointOverride().ifPresent(builder::endpointOverride);
			return builder.build();
		}

		@Bean
		S3UploadStorage tusS3UploadStorage(ObjectProvider<S3AsyncClient> client, S3KeyStrategy keys,
				TusS3Properties properties, ExpirationPolicy expiration, ObjectProvider<UploadLocker> lockers,
				ObjectProvider<S3RequestCustomizer> customizers, ObjectProvider<S3Presigner> presigner) {
			checkMemory(properties.memory());
			UploadLocker locker = lockers.getIfAvailable();
			boolean locked = locker != null && !(locker instanceof LocalUploadLocker);
			S3UploadStorage storage = new S3UploadStorage(client.getIfAvailable(this::missingClient),
					properties.toSettings(expiration.abandoned()), keys, locked,
					S3RequestCustomizer.of(customizers.orderedStream().toList()), presigner::getIfUnique);
			connect(storage, properties);
			return storage;
		}

		private S3AsyncClient missingClient() {
			throw new MissingDependencyException("tus.storage.type=s3", "a client of the store",
					"Add the dependency 'software.amazon.awssdk:netty-nio-client', or define a bean of type "
							+ "'software.amazon.awssdk.services.s3.S3AsyncClient'.");
		}

		private static void checkMemory(DataSize memory) {
			long heap = Runtime.getRuntime().maxMemory();
			if (memory.toBytes() > heap * LARGEST_SHARE) {
				logger.warn(LogMessage.format(
						"'tus.storage.s3.memory' (%d MB) leaves too little of the heap (%d MB) for the rest: "
								+ "lower it, or raise '-Xmx'",
						memory.toMegabytes(), DataSize.ofBytes(heap).toMegabytes()));
			}
		}

		private static void connect(S3UploadStorage storage, TusS3Properties properties) {
			try {
				storage.connect();
			}
			catch (UploadUnavailableException | IOException ex) {
				// Said in the log already. Requests get 503 until it can be used.
				if (properties.failFast()) {
					storage.close();
					throw new UnusableBucketException(String.valueOf(ex.getMessage()), ex);
				}
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass({ S3AsyncClient.class, NettyNioAsyncHttpClient.class })
	@ConditionalOnMissingBean(S3AsyncClient.class)
	static class ClientConfiguration {

		private static final int MAX_CONNECTIONS = 500;

		private static final Duration CONNECTION_WAIT = Duration.ofMinutes(1);

		@Bean(destroyMethod = "close")
		SdkAsyncHttpClient tusS3HttpClient(ObjectProvider<S3HttpClientCustomizer> customizers) {
			NettyNioAsyncHttpClient.Builder builder = NettyNioAsyncHttpClient.builder()
				.maxConcurrency(MAX_CONNECTIONS)
				.connectionAcquisitionTimeout(CONNECTION_WAIT);
			customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
			return builder.build();
		}

		@Bean
		S3AsyncClient tusS3AsyncClient(SdkAsyncHttpClient tusS3HttpClient, TusS3Properties properties,
				ObjectProvider<S3ClientCustomizer> customizers) {
			S3AsyncClientBuilder builder = S3AsyncClient.builder()
				.httpClient(tusS3HttpClient)
				.forcePathStyle(properties.pathStyleAccess());
			builder.region(region(properties));
			if (properties.endpoint() != null) {
				// Other stores may not know the checksums that AWS has added.
				builder.endpointOverride(properties.endpoint())
					.requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
					.responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED);
			}
			customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
			return build(builder, properties);
		}

		/**
		 * Returns the region, or {@code null} if it is the SDK's to find one.
		 */
		private static @Nullable Region region(TusS3Properties properties) {
			if (StringUtils.hasText(properties.region())) {
				return Region.of(properties.region());
			}
			// Other stores need one to be named, and most of them take any.
			return (properties.endpoint() != null && !isRegionKnown()) ? Region.US_EAST_1 : null;
		}

		private static boolean isRegionKnown() {
			try {
				return new DefaultAwsRegionProviderChain().getRegion() != null;
			}
			catch (SdkClientException ex) {
				return false;
			}
		}

		private static S3AsyncClient build(S3AsyncClientBuilder builder, TusS3Properties properties) {
			try {
				return builder.build();
			}
			catch (SdkClientException ex) {
				if (!StringUtils.hasText(properties.region()) && !isRegionKnown()) {
					throw new MissingDependencyException("tus.storage.type=s3", "the region of the bucket",
							"Set 'tus.storage.s3.region', or the environment variable AWS_REGION. For a store other "
									+ "than AWS, set 'tus.storage.s3.endpoint'.");
				}
				throw ex;
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnMissingClass("software.amazon.awssdk.services.s3.S3AsyncClient")
	static class MissingSdkConfiguration {

		@Bean
		UploadStorage tusMissingS3UploadStorage() {
			throw new MissingDependencyException("tus.storage.type=s3", "the AWS SDK for Java 2.x",
					"Add the dependency 'software.amazon.awssdk:s3', in the version of "
							+ "'software.amazon.awssdk:bom', or set 'tus.storage.type' to 'disk'.");
		}

	}

}
