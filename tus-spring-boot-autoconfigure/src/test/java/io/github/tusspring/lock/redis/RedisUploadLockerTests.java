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

import io.github.tusspring.lock.AbstractClusterUploadLockerTests;
import io.github.tusspring.lock.LeaseStore;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;

import static org.assertj.core.api.Assertions.assertThat;

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

	@Override
	protected LeaseStore createStore() {
		return new RedisLeaseStore(connections, "tus:lock");
	}

}
