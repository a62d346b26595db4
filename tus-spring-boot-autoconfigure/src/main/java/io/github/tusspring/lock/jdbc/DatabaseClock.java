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

package io.github.tusspring.lock.jdbc;

import java.util.Locale;

/**
 * How a database says what time it is, in milliseconds since 1970: the clocks of the
 * instances don't matter.
 */
enum DatabaseClock {

	POSTGRESQL("cast(extract(epoch from clock_timestamp()) * 1000 as bigint)"),

	/**
	 * Not of the local time, which comes twice when summer ends.
	 */
	MYSQL("timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000"),

	H2("cast(extract(epoch from current_timestamp) * 1000 as bigint)");

	private final String now;

	DatabaseClock(String now) {
		this.now = now;
	}

	/**
	 * Returns the expression for the time.
	 */
	String now() {
		return this.now;
	}

	/**
	 * Returns the clock of a database.
	 * @param product the product's name, as its driver says
	 * @throws IllegalStateException if it is not known
	 */
	static DatabaseClock of(String product) {
		return switch (product.toLowerCase(Locale.ROOT)) {
			case "postgresql" -> POSTGRESQL;
			case "mysql", "mariadb" -> MYSQL;
			case "h2" -> H2;
			default -> throw new IllegalStateException(
					"Locks can be kept in PostgreSQL, MySQL, MariaDB and H2, and not in " + product);
		};
	}

}
