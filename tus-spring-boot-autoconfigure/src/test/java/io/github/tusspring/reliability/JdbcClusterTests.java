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

package io.github.tusspring.reliability;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Tag;

/**
 * A directory that three instances share, with locks in PostgreSQL.
 */
@Tag("long")
class JdbcClusterTests extends AbstractSharedDirectoryTests {

	private EmbeddedPostgres server;

	private long process;

	@Override
	List<String> startServer() throws IOException, SQLException {
		this.server = EmbeddedPostgres.start();
		this.process = process();
		return List.of("tus.lock.type=jdbc", "tus.lock.jdbc.initialize-schema=always",
				"spring.datasource.url=" + this.server.getJdbcUrl("postgres", "postgres"),
				"spring.datasource.username=postgres");
	}

	@Override
	void stopServer() throws IOException {
		if (this.server != null) {
			this.server.close();
		}
	}

	@Override
	List<Long> lockServer() {
		Stream<ProcessHandle> children = ProcessHandle.of(this.process).stream().flatMap(ProcessHandle::children);
		return Stream.concat(Stream.of(this.process), children.map(ProcessHandle::pid)).toList();
	}

	private long process() throws SQLException {
		// The process lives as long as its connection.
		try (Connection connection = this.server.getPostgresDatabase().getConnection()) {
			ResultSet result = connection.createStatement().executeQuery("select pg_backend_pid()");
			result.next();
			return ProcessHandle.of(result.getLong(1)).flatMap(ProcessHandle::parent).orElseThrow().pid();
		}
	}

}
