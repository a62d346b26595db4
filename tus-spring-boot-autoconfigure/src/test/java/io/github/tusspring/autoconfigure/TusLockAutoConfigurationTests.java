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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import javax.sql.DataSource;

import io.github.tusspring.lock.ClusterUploadLocker;
import io.github.tusspring.lock.LeaseStore;
import io.github.tusspring.lock.LocalUploadLocker;
import io.github.tusspring.lock.jdbc.JdbcLeaseStore;
import io.github.tusspring.lock.redis.RedisLeaseStore;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.storage.disk.SharedDiskUploadStorage;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.QuotaUploadStorage;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLock;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadStorage;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.jdbc.init.DatabaseInitializationProperties;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

class TusLockAutoConfigurationTests {

	@TempDir
	private Path directory;

	private WebApplicationContextRunner runner() {
		return new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TusAutoConfiguration.class, TusLockAutoConfiguration.class,
					DataSourceAutoConfiguration.class, DataRedisAutoConfiguration.class))
			.withPropertyValues("tus.storage.disk.directory=" + this.directory.resolve("uploads"),
					"spring.datasource.generate-unique-name=true");
	}

	@Test
	void locksAreLocalThoughThereIsADatabase() {
		runner().run((context) -> {
			assertThat(context).getBean(UploadLocker.class).isInstanceOf(LocalUploadLocker.class);
			assertThat(context).getBean(UploadStorage.class).isInstanceOf(DiskUploadStorage.class);
			assertThat(context).doesNotHaveBean(LeaseStore.class);
		});
	}

	@Test
	void whenTypeIsJdbcThenLocksAreInATableAndTheDirectoryIsShared() {
		runner().withPropertyValues("tus.lock.type=jdbc").run((context) -> {
			assertThat(context).getBean(UploadLocker.class).isInstanceOf(ClusterUploadLocker.class);
			assertThat(context).getBean(UploadStorage.class).isInstanceOf(SharedDiskUploadStorage.class);
			context.getBean(UploadLocker.class).tryLock(UploadId.of("a")).close();
			assertThat(JdbcClient.create(context.getBean(DataSource.class))
				.sql("select count(*) from TUS_LOCK")
				.query(Integer.class)
				.single()).isEqualTo(1);
		});
	}

	@ParameterizedTest
	@ValueSource(classes = { LockerFirst.class, StorageFirst.class })
	void whenAQuotaStandsBeforeTheDirectoryThenWhoeverIsOvertakenIsFencedAllTheSame(Class<?> order) {
		runner().withUserConfiguration(order)
			.withConfiguration(AutoConfigurations.of(TusQuotaAutoConfiguration.class))
			.withPropertyValues("tus.lock.type=jdbc", "tus.limits.max-stored=9")
			.run((context) -> {
				UploadStorage storage = context.getBean(UploadStorage.class);
				assertThat(storage).isInstanceOf(QuotaUploadStorage.class);
				Upload upload = storage.create(NewUpload.builder(UploadId.of("a")).length(3L).build());
				try (UploadLock lock = context.getBean(UploadLocker.class).tryLock(upload.id());
						SharedDiskUploadStorage other = new SharedDiskUploadStorage(this.directory.resolve("uploads"),
								Durability.NONE, 0)) {
					other.enter(upload.id());
					assertThat(other.raise(upload.id())).isTrue();
					assertThatExceptionOfType(UploadLockedException.class)
						.isThrownBy(() -> storage.append(upload, lock.generation(), false));
				}
			});
	}

	@Test
	void whenSchemaIsNeverInitializedThenThereIsNoTable() {
		runner().withPropertyValues("tus.lock.type=jdbc", "tus.lock.jdbc.initialize-schema=never")
			.run((context) -> assertThatExceptionOfType(BadSqlGrammarException.class)
				.isThrownBy(() -> JdbcClient.create(context.getBean(DataSource.class))
					.sql("select count(*) from TUS_LOCK")
					.query(Integer.class)
					.single()));
	}

	@Test
	void severalInstancesMayStartTogetherOnAnEmptyDatabase() throws Exception {
		try (EmbeddedPostgres server = EmbeddedPostgres.start()) {
			ExecutorService threads = Executors.newFixedThreadPool(8);
			List<Future<Boolean>> results = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				results.add(threads.submit(() -> {
					TusLockJdbcProperties properties = new TusLockJdbcProperties();
					properties.setInitializeSchema(DatabaseInitializationMode.ALWAYS);
					return new LockTableInitializer(server.getPostgresDatabase(), properties).initializeDatabase();
				}));
			}
			for (Future<Boolean> result : results) {
				assertThat(result.get()).isTrue();
			}
			threads.shutdown();
		}
	}

	@Test
	void whenThereIsNoDataSourceThenTheStartFailsAndSaysWhatToDo() {
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TusAutoConfiguration.class, TusLockAutoConfiguration.class))
			.withPropertyValues("tus.lock.type=jdbc", "tus.storage.disk.directory=" + this.directory.resolve("uploads"))
			.run((context) -> assertThat(analysis(context.getStartupFailure()).getAction())
				.contains("spring.datasource.url"));
	}

	@Test
	void whenJdbcIsMissingThenTheStartFailsAndNamesTheDependency() {
		runner().withPropertyValues("tus.lock.type=jdbc")
			.withClassLoader(new FilteredClassLoader(DatabaseInitializationProperties.class, JdbcClient.class))
			.run((context) -> {
				FailureAnalysis analysis = analysis(context.getStartupFailure());
				assertThat(analysis.getDescription()).contains("tus.lock.type=jdbc");
				assertThat(analysis.getAction()).contains("org.springframework.boot:spring-boot-starter-jdbc");
			});
	}

	@Test
	void whenRedisIsMissingThenTheStartFailsAndNamesTheDependency() {
		runner().withPropertyValues("tus.lock.type=redis")
			.withClassLoader(new FilteredClassLoader(RedisMessageListenerContainer.class))
			.run((context) -> assertThat(analysis(context.getStartupFailure()).getAction())
				.contains("org.springframework.boot:spring-boot-starter-data-redis"));
	}

	@Test
	void whenTypeIsRedisThenTheStartNeedsNoServer() {
		runner().withPropertyValues("tus.lock.type=redis", "spring.data.redis.port=1").run((context) -> {
			assertThat(context).getBean(LeaseStore.class).isInstanceOf(RedisLeaseStore.class);
			assertThat(context).getBean(UploadLocker.class).isInstanceOf(ClusterUploadLocker.class);
		});
	}

	@Test
	void backsOffWhenThereIsALockerOfTheApplication() {
		runner().withPropertyValues("tus.lock.type=jdbc")
			.withBean("mine", UploadLocker.class, () -> mock(UploadLocker.class))
			.run((context) -> assertThat(context).hasSingleBean(UploadLocker.class)
				.hasBean("mine")
				.doesNotHaveBean(JdbcLeaseStore.class));
	}

	@Test
	void backsOffWhenThereIsAStoreOfTheApplication() {
		runner().withPropertyValues("tus.lock.type=jdbc")
			.withBean("mine", LeaseStore.class, () -> mock(LeaseStore.class))
			.run((context) -> assertThat(context).hasSingleBean(LeaseStore.class)
				.hasSingleBean(ClusterUploadLocker.class));
	}

	@Test
	void leaseThatMakesNoSenseFailsTheStart() {
		runner().withPropertyValues("tus.lock.lease=1s")
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining("'tus.lock.lease'"));
	}

	private static FailureAnalysis analysis(Throwable failure) {
		return new MissingDependencyFailureAnalyzer().analyze(failure);
	}

	@Configuration(proxyBeanMethods = false)
	static class LockerFirst {

		@Bean
		String first(UploadLocker locker) {
			return "locker";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class StorageFirst {

		@Bean
		String first(UploadStorage storage) {
			return "storage";
		}

	}

}
