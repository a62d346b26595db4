package io.github.tusspring.lock.jdbc;

import java.io.IOException;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

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

	@Override
	DataSource dataSource() {
		return dataSource;
	}

	@Override
	String platform() {
		return "postgresql";
	}

}
