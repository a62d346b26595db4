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
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

import io.github.tusspring.storage.disk.Durability;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

class TusPropertiesTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withUserConfiguration(PropertiesConfiguration.class);

	private void bind(Consumer<TusProperties> assertions, String... values) {
		this.runner.withPropertyValues(values).run((context) -> {
			assertThat(context).hasNotFailed();
			assertions.accept(context.getBean(TusProperties.class));
		});
	}

	@Test
	void defaults() {
		bind((properties) -> {
			assertThat(properties.enabled()).isTrue();
			assertThat(properties.path()).isEqualTo("/files");
			assertThat(properties.maxSize()).isNull();
			assertThat(properties.location()).isEqualTo(TusProperties.LocationStyle.RELATIVE);
			assertThat(properties.storage().type()).isEqualTo(TusProperties.Storage.Type.DISK);
			assertThat(properties.storage().disk().directory()).isEqualTo(Path.of("uploads"));
			assertThat(properties.storage().disk().durability()).isEqualTo(Durability.COMPLETION);
			assertThat(properties.storage().disk().minFreeSpace()).isEqualTo(DataSize.ofMegabytes(100));
			assertThat(properties.expiration().after()).isEqualTo(Duration.ofHours(24));
			assertThat(properties.expiration().mode()).isEqualTo(TusProperties.Expiration.Mode.SLIDING);
			assertThat(properties.expiration().completedAfter()).isNull();
			assertThat(properties.expiration().cleanupInterval()).isEqualTo(Duration.ofHours(1));
			assertThat(properties.termination().finished()).isTrue();
			assertThat(properties.download().enabled()).isFalse();
			assertThat(properties.cors().allowedOrigins()).isEmpty();
			assertThat(properties.append().idleTimeout()).isEqualTo(Duration.ofSeconds(30));
			assertThat(properties.append().takeOverAfter()).isEqualTo(Duration.ofSeconds(1));
			assertThat(properties.append().minRate()).isNull();
			assertThat(properties.limits().maxUploads()).isZero();
			assertThat(properties.redelivery().initialDelay()).isEqualTo(Duration.ofSeconds(10));
			assertThat(properties.redelivery().maxDelay()).isEqualTo(Duration.ofMinutes(10));
			assertThat(properties.endpoints()).isEmpty();
		});
	}

	@Test
	void valuesAreBound() {
		bind((properties) -> {
			assertThat(properties.path()).isEqualTo("/api/files");
			assertThat(properties.maxSize()).isEqualTo(DataSize.ofGigabytes(5));
			assertThat(properties.location()).isEqualTo(TusProperties.LocationStyle.ABSOLUTE);
			assertThat(properties.storage().disk().durability()).isEqualTo(Durability.APPEND);
			assertThat(properties.expiration().mode()).isEqualTo(TusProperties.Expiration.Mode.ABSOLUTE);
			assertThat(properties.cors().allowedOrigins()).isEqualTo(List.of("https://a.org", "https://b.org"));
			assertThat(properties.cors().maxAge()).isEqualTo(Duration.ofSeconds(60));
		}, "tus.path=/api/files/", "tus.max-size=5GB", "tus.location=absolute", "tus.storage.disk.durability=append",
				"tus.expiration.mode=absolute", "tus.cors.allowed-origins=https://a.org,https://b.org",
				"tus.cors.max-age=60");
	}

	@Test
	void bareNumberIsSeconds() {
		bind((properties) -> {
			assertThat(properties.expiration().after()).isEqualTo(Duration.ofSeconds(10));
			assertThat(properties.expiration().completedAfter()).isEqualTo(Duration.ofSeconds(20));
			assertThat(properties.expiration().cleanupInterval()).isEqualTo(Duration.ofSeconds(30));
			assertThat(properties.append().idleTimeout()).isEqualTo(Duration.ofSeconds(40));
			assertThat(properties.append().takeOverAfter()).isEqualTo(Duration.ofSeconds(50));
			assertThat(properties.append().minRateWindow()).isEqualTo(Duration.ofSeconds(60));
			assertThat(properties.redelivery().initialDelay()).isEqualTo(Duration.ofSeconds(70));
			assertThat(properties.redelivery().maxDelay()).isEqualTo(Duration.ofSeconds(80));
		}, "tus.expiration.after=10", "tus.expiration.completed-after=20", "tus.expiration.cleanup-interval=30",
				"tus.append.idle-timeout=40", "tus.append.take-over-after=50", "tus.append.min-rate-window=60",
				"tus.redelivery.initial-delay=70", "tus.redelivery.max-delay=80");
	}

	@Test
	void bareNumberIsSecondsForTheDraftToo() {
		this.runner.withPropertyValues("tus.rufh.progress-interval=2")
			.run((context) -> assertThat(context.getBean(TusRufhProperties.class).progressInterval())
				.isEqualTo(Duration.ofSeconds(2)));
	}

	@Test
	void specialValuesMeanNever() {
		bind((properties) -> {
			assertThat(properties.expiration().after()).isZero();
			assertThat(properties.expiration().cleanupInterval()).isNegative();
			assertThat(properties.append().takeOverAfter()).isZero();
			assertThat(properties.storage().disk().minFreeSpace().toBytes()).isZero();
		}, "tus.expiration.after=0", "tus.expiration.cleanup-interval=-1", "tus.append.take-over-after=0",
				"tus.storage.disk.min-free-space=0");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/files", "/files/", "/a/b/c", "/a-b_c.d~e", "/.well-known/uploads" })
	void pathMayBe(String path) {
		bind((properties) -> assertThat(properties.path()).startsWith("/").doesNotEndWith("/"), "tus.path=" + path);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "files", "//", "/a//b", "/a/*", "/a/{id}", "/a?b", "/a b", "/a;b", "/a%20b", "/a#b",
			"/a/../b", "/a/.", "/..", "" })
	void pathMustNotBe(String path) {
		assertFails("tus.path", "tus.path=" + path);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			tus.max-size                              | 0
			tus.max-size                              | -1
			tus.storage.disk.min-free-space           | -1
			tus.expiration.after                      | -1
			tus.expiration.after                      | 36501d
			tus.expiration.completed-after            | 0
			tus.expiration.completed-after            | -1
			tus.expiration.cleanup-interval           | 0
			tus.expiration.cleanup-interval           | -2
			tus.expiration.cleanup-interval           | 9999999d
			tus.cors.max-age                          | -1
			tus.cors.max-age                          | 9999999d
			tus.cors.allowed-origins                  | example.org
			tus.cors.allowed-origins                  | https://example.org/page
			tus.cors.allowed-origins                  | https://*.example.org
			tus.append.idle-timeout                   | 0
			tus.append.idle-timeout                   | -1
			tus.append.idle-timeout                   | 9999999d
			tus.append.take-over-after                | -1
			tus.append.min-rate                       | 0
			tus.append.min-rate-window                | 0
			tus.limits.max-uploads                    | -1
			tus.limits.max-uploads-per-client         | -1
			tus.limits.max-appends                    | -1
			tus.limits.max-appends-per-client         | -1
			tus.limits.max-downloads                  | -1
			tus.limits.max-downloads-per-client       | -1
			tus.limits.max-parts                      | -1
			tus.limits.max-unfinished-size            | 0
			tus.limits.max-unfinished-size-per-client | 0
			tus.limits.max-stored                     | -1
			tus.limits.max-stored-per-client          | -1
			tus.limits.max-stored-size                | 0
			tus.limits.max-stored-size-per-client     | 0
			tus.limits.max-metadata-size              | 0
			tus.limits.max-metadata-keys              | -1
			tus.redelivery.initial-delay              | 0
			tus.redelivery.max-delay                  | 1s
			tus.redelivery.max-delay                  | 9999999d
			""")
	void valueOutOfRangeIsNamedAndExplained(String property, String value) {
		assertFails("'" + property + "' must ", property + "=" + value);
	}

	@ParameterizedTest
	@CsvSource({ "tus.max-size,huge", "tus.location,sideways", "tus.storage.type,tape",
			"tus.storage.disk.durability,maybe", "tus.expiration.after,soon", "tus.expiration.mode,never",
			"tus.limits.max-uploads,many", "tus.termination.finished,perhaps" })
	void valueOfTheWrongKindIsNamed(String property, String value) {
		this.runner.withPropertyValues(property + "=" + value).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).rootCause().hasMessageContaining(value);
			assertThat(context.getStartupFailure()).hasStackTraceContaining(property);
		});
	}

	@Test
	void originsMustBeNamedWhenCredentialsAreAllowed() {
		assertFails("'tus.cors.allowed-origins'", "tus.cors.allowed-origins=*", "tus.cors.allow-credentials=true");
		assertFails("'tus.cors.allowed-origin-patterns'", "tus.cors.allowed-origin-patterns=*",
				"tus.cors.allow-credentials=true");
	}

	private void assertFails(String message, String... values) {
		this.runner.withPropertyValues(values).run((context) -> {
			assertThat(context).hasFailed();
			Throwable root = NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure());
			assertThat(root).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties({ TusProperties.class, TusRufhProperties.class })
	static class PropertiesConfiguration {

	}

}
