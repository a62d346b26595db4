package io.github.tusspring.lock.jdbc;

import javax.sql.DataSource;

import io.github.tusspring.lock.AbstractClusterUploadLockerTests;
import io.github.tusspring.lock.LeaseStore;
import org.junit.jupiter.api.BeforeEach;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * Locks in a database, with the table that we ship for it.
 */
abstract class AbstractJdbcUploadLockerTests extends AbstractClusterUploadLockerTests {

	abstract DataSource dataSource();

	abstract String platform();

	@BeforeEach
	void createTable() {
		new ResourceDatabasePopulator(new ClassPathResource("schema-" + platform() + ".sql", JdbcLeaseStore.class))
			.execute(dataSource());
		JdbcClient.create(dataSource()).sql("delete from TUS_LOCK").update();
	}

	@Override
	protected LeaseStore createStore() {
		return new JdbcLeaseStore(dataSource());
	}

}
