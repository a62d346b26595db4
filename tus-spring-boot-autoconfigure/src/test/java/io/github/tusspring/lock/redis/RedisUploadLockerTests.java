package io.github.tusspring.lock.redis;

import java.io.IOException;
import java.net.ServerSocket;

import io.github.tusspring.lock.AbstractClusterUploadLockerTests;
import io.github.tusspring.lock.LeaseStore;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import redis.embedded.RedisServer;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

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

	@Override
	protected LeaseStore createStore() {
		return new RedisLeaseStore(connections, "tus:lock");
	}

}
