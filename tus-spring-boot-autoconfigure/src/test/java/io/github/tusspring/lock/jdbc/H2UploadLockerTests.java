package io.github.tusspring.lock.jdbc;

import javax.sql.DataSource;

import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Tag;

@Tag("long")
class H2UploadLockerTests extends AbstractJdbcUploadLockerTests {

	private static final JdbcConnectionPool dataSource = JdbcConnectionPool
		.create("jdbc:h2:mem:locks;DB_CLOSE_DELAY=-1", "sa", "");

	@Override
	DataSource dataSource() {
		return dataSource;
	}

	@Override
	String platform() {
		return "h2";
	}

}
