package io.github.tusspring.reliability;

import java.io.IOException;
import java.util.List;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/**
 * A directory that three instances share, with locks in PostgreSQL.
 */
class JdbcClusterTests extends AbstractClusterTests {

	private EmbeddedPostgres server;

	@Override
	List<String> startServer() throws IOException {
		this.server = EmbeddedPostgres.start();
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

}
