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

import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tusspring.lock.LeaseStore;
import io.github.tusspring.upload.UploadId;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class PostgreSqlUploadLockerTests extends AbstractJdbcUploadLockerTests {

	private static EmbeddedPostgres server;

	private static HikariDataSource dataSource;

	@BeforeAll
	static void start() throws IOException {
		server = EmbeddedPostgres.start();
		dataSource = new HikariDataSource();
		dataSource.setDataSource(server.getPostgresDatabase());
	}

	@AfterAll
	static void stop() throws IOException {
		dataSource.close();
		server.close();
	}

	@Test
	void statementThatTheDatabaseKeepsApartFromAnotherOneOfItsRowIsMadeAgain() throws Exception {
		UploadId id = UploadId.of("contended");
		try (HikariDataSource strict = new HikariDataSource();
				Connection other = server.getPostgresDatabase().getConnection()) {
			strict.setDataSource(server.getPostgresDatabase());
			strict.setTransactionIsolation("TRANSACTION_SERIALIZABLE");
			LeaseStore store = new JdbcLeaseStore(strict);
			long generation = store.acquire(id, "one", Duration.ofMinutes(1), null).generation();
			other.setAutoCommit(false);
			other.createStatement().executeUpdate("update TUS_LOCK set EXPIRES = EXPIRES + 1");
			CompletableFuture<?> released = CompletableFuture.runAsync(() -> store.release(id, "one", generation));
			await().until(() -> JdbcClient.create(dataSource)
				.sql("select count(*) from pg_locks where not granted")
				.query(Integer.class)
				.single() > 0);
			other.commit();
			assertThat(released).succeedsWithin(Duration.ofSeconds(10));
			assertThat(store.acquire(id, "two", Duration.ofMinutes(1), null).acquired()).isTrue();
		}
	}

	@Override
	DataSource dataSource() {
		return dataSource;
	}

	@Override
	String platform() {
		return "postgresql";
	}

}
