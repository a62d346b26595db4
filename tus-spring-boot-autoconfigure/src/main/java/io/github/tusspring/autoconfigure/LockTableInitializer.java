package io.github.tusspring.autoconfigure;

import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.springframework.boot.jdbc.init.PropertiesBasedDataSourceScriptDatabaseInitializer;
import org.springframework.dao.DataAccessException;

/**
 * Makes the table of locks where it isn't there. Several instances may start together on
 * an empty database: two that make the same table at the same moment fail in PostgreSQL
 * in spite of {@code if not exists}, so whoever fails tries again.
 */
class LockTableInitializer extends PropertiesBasedDataSourceScriptDatabaseInitializer<TusLockJdbcProperties> {

	private static final int ATTEMPTS = 5;

	LockTableInitializer(DataSource dataSource, TusLockJdbcProperties properties) {
		super(dataSource, properties);
	}

	@Override
	public boolean initializeDatabase() {
		for (int attempt = 1;; attempt++) {
			try {
				return super.initializeDatabase();
			}
			catch (DataAccessException ex) {
				if (attempt == ATTEMPTS || !pause(attempt)) {
					throw ex;
				}
			}
		}
	}

	private static boolean pause(int attempt) {
		try {
			TimeUnit.MILLISECONDS.sleep(100L * attempt);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
