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

package io.github.tusspring.lock.redis;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import io.github.tusspring.lock.AbstractClusterUploadLockerTests;
import io.github.tusspring.lock.LeaseStore;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RedisUploadLockerTests extends AbstractClusterUploadLockerTests {

	private static RedisServer server;

	private static LettuceConnectionFactory connections;

	@BeforeAll
	static void start() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		server = RedisServer.newRedisServer().port(port).setting("bind 127.0.0.1").setting("save \"\"").build();
		server.start();
		connections = new LettuceConnectionFactory("127.0.0.1", port);
		connections.start();
	}

	@AfterAll
	static void stop() throws IOException {
		connections.destroy();
		server.stop();
	}

	@BeforeEach
	void clear() {
		connections.getConnection().serverCommands().flushAll();
	}

	@Test
	void keyThatNobodyUsesForADayIsRemoved() {
		locker().tryLock(UploadId.of("used")).close();
		StringRedisTemplate template = new StringRedisTemplate(connections);
		assertThat(template.getExpire("{tus:lock}:used")).isBetween(86_000L, 86_400L);
	}

	@Test
	void whoMayNotListenTriesAgainEveryNowAndThen() {
		RedisConnection admin = connections.getConnection();
		for (String word : List.of("on", ">word", "~*", "+@all", "resetchannels")) {
			admin.execute("ACL", bytes("SETUSER"), bytes("deaf"), bytes(word));
		}
		RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration("127.0.0.1",
				connections.getPort());
		configuration.setUsername("deaf");
		configuration.setPassword("word");
		LettuceConnectionFactory deaf = new LettuceConnectionFactory(configuration);
		deaf.afterPropertiesSet();
		deaf.start();
		try (RedisLeaseStore store = new RedisLeaseStore(deaf, "tus:lock")) {
			long before = accepted(admin);
			await().pollInterval(Duration.ofMillis(25))
				.during(Duration.ofMillis(500))
				.until(() -> store.wishes("me").isEmpty());
			assertThat(accepted(admin) - before).isBetween(1L, 3L);
		}
		finally {
			deaf.destroy();
			admin.close();
		}
	}

	private static long accepted(RedisConnection connection) {
		return Long.parseLong(connection.serverCommands().info("stats").getProperty("total_connections_received"));
	}

	private static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	@Override
	protected LeaseStore createStore() {
		return new RedisLeaseStore(connections, "tus:lock");
	}

}
