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
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.mariadb.jdbc.MariaDbDataSource;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Where MariaDB is installed.
 */
@Tag("long")
class MariaDbUploadLockerTests extends AbstractJdbcUploadLockerTests {

	private static final Path SERVER = Path.of("/usr/sbin/mariadbd");

	private static Process process;

	private static Path directory;

	private static HikariDataSource dataSource;

	@BeforeAll
	static void start() throws Exception {
		Assumptions.assumeTrue(Files.isExecutable(SERVER), "MariaDB is not installed");
		directory = Files.createTempDirectory("mariadb");
		run("mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal",
				"--user=" + System.getProperty("user.name"), "--datadir=" + directory, "--skip-test-db");
		int port = freePort();
		ProcessBuilder builder = new ProcessBuilder(SERVER.toString(), "--no-defaults", "--datadir=" + directory,
				"--user=" + System.getProperty("user.name"), "--bind-address=127.0.0.1", "--port=" + port,
				"--socket=" + directory.resolve("socket"))
			.redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD);
		builder.environment().put("TZ", "Europe/Berlin");
		process = builder.start();
		DataSource plain = new MariaDbDataSource("jdbc:mariadb://127.0.0.1:" + port + "/mysql?user=root");
		await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> {
			try (Connection connection = plain.getConnection()) {
				return connection.createStatement().execute("create database if not exists locks");
			}
		}, (result) -> true);
		HikariConfig config = new HikariConfig();
		config.setDataSource(new MariaDbDataSource("jdbc:mariadb://127.0.0.1:" + port + "/locks?user=root"));
		dataSource = new HikariDataSource(config);
	}

	@Test
	void clockGoesOnWhenSummerEnds() throws Exception {
		try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
			for (long second : new long[] { 1792888200, 1792891800 }) {
				// 02:30 in Berlin, twice.
				statement.execute("set timestamp = " + second);
				try (ResultSet result = statement.executeQuery("select " + DatabaseClock.MYSQL.now())) {
					result.next();
					assertThat(result.getLong(1)).isEqualTo(second * 1000);
				}
			}
			statement.execute("set timestamp = default");
		}
	}

	private static void run(String... command) throws Exception {
		new ProcessBuilder(command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.DISCARD)
			.start()
			.waitFor(2, TimeUnit.MINUTES);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	@AfterAll
	static void stop() throws Exception {
		if (dataSource != null) {
			dataSource.close();
		}
		if (process != null) {
			process.destroyForcibly().waitFor();
			FileSystemUtils.deleteRecursively(directory);
		}
	}

	@Override
	DataSource dataSource() {
		return dataSource;
	}

	@Override
	String platform() {
		return "mariadb";
	}

}
