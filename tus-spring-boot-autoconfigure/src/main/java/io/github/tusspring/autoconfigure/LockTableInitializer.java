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

import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.springframework.boot.jdbc.init.PropertiesBasedDataSourceScriptDatabaseInitializer;
import org.springframework.dao.DataAccessException;

/**
 * Creates the table of locks if it doesn't exist. Several instances may start together on
 * an empty database: two that create the same table at the same moment fail in PostgreSQL
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
