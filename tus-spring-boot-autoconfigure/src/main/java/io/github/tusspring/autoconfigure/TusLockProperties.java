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

import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.util.Assert;

/**
 * Properties of the locks that keep requests for the same upload apart.
 *
 * @param type What keeps the locks.
 * @param lease How long a lock of an instance that died stays locked, where instances
 * share the locks. It is renewed at a third of that. If a duration suffix is not
 * specified, seconds are used.
 * @param redis Locks in Redis.
 */
@ConfigurationProperties("tus.lock")
public record TusLockProperties(@DefaultValue("local") Type type,
		@DefaultValue("10s") @DurationUnit(ChronoUnit.SECONDS) Duration lease, @DefaultValue Redis redis) {

	public TusLockProperties {
		Assert.isTrue(lease.compareTo(Duration.ofSeconds(3)) >= 0 && lease.compareTo(Duration.ofMinutes(1)) <= 0,
				"'tus.lock.lease' must be 3s or longer, for the sake of pauses, and 1m or shorter, "
						+ "for the sake of clients that wait for it");
	}

	/**
	 * What keeps locks.
	 */
	public enum Type {

		/**
		 * The memory of this instance.
		 */
		LOCAL,

		/**
		 * A table of a database.
		 */
		JDBC,

		/**
		 * Redis.
		 */
		REDIS

	}

	/**
	 * Locks in Redis.
	 *
	 * @param prefix What the names of keys and channels begin with.
	 */
	public record Redis(@DefaultValue("tus:lock") String prefix) {

		public Redis {
			Assert.isTrue(!prefix.isEmpty() && !prefix.matches(".*[{}\\s].*"),
					"'tus.lock.redis.prefix' must not be empty, and have no braces and no blanks");
		}

	}

}
