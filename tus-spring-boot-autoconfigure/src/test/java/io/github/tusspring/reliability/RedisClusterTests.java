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
import java.util.List;

import org.junit.jupiter.api.Tag;
import redis.embedded.RedisServer;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A directory that three instances share, with locks in Redis.
 */
@Tag("long")
class RedisClusterTests extends AbstractSharedDirectoryTests {

	private static final int PORT = Cluster.freePort();

	private RedisServer server;

	private long process;

	@Override
	List<String> startServer() throws IOException {
		this.server = RedisServer.newRedisServer().port(PORT).setting("bind 127.0.0.1").setting("save \"\"").build();
		this.server.start();
		this.process = process();
		return List.of("tus.lock.type=redis", "spring.data.redis.host=127.0.0.1", "spring.data.redis.port=" + PORT);
	}

	@Override
	void stopServer() throws IOException {
		if (this.server != null) {
			this.server.stop();
		}
	}

	@Override
	List<Long> lockServer() {
		return List.of(this.process);
	}

	private static long process() {
		LettuceConnectionFactory connections = new LettuceConnectionFactory("127.0.0.1", PORT);
		connections.afterPropertiesSet();
		connections.start();
		try (RedisConnection connection = connections.getConnection()) {
			return Long.parseLong(connection.serverCommands().info("server").getProperty("process_id"));
		}
		finally {
			connections.destroy();
		}
	}

}
