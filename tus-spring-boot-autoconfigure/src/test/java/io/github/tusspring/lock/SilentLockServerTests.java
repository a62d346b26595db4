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

package io.github.tusspring.lock;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.zaxxer.hikari.HikariDataSource;
import io.github.tusspring.lock.jdbc.JdbcLeaseStore;
import io.github.tusspring.lock.redis.RedisLeaseStore;
import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadFence;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadUnavailableException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A server of locks that takes connections and says nothing, or takes none, with the
 * time-outs that pools and drivers have by themselves.
 */
@Tag("long")
class SilentLockServerTests {

	private static final UploadId ID = UploadId.of("upload");

	private static final Duration LIMIT = Duration.ofSeconds(20);

	/**
	 * Pools and connections that would go on trying, and say so in other tests' logs.
	 */
	private final List<AutoCloseable> clients = new ArrayList<>();

	private ServerSocket silent;

	@BeforeEach
	void listen() throws IOException {
		this.silent = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
	}

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable client : this.clients) {
			client.close();
		}
		this.silent.close();
	}

	@Test
	void databaseThatIsSilent() {
		assertAnswersInTime(new JdbcLeaseStore(dataSource()));
	}

	@Test
	void databaseThatIsAway() throws IOException {
		this.silent.close();
		assertAnswersInTime(new JdbcLeaseStore(dataSource()));
	}

	private HikariDataSource dataSource() {
		HikariDataSource dataSource = new HikariDataSource();
		this.clients.add(dataSource);
		dataSource.setJdbcUrl("jdbc:postgresql://127.0.0.1:" + this.silent.getLocalPort() + "/postgres");
		dataSource.setInitializationFailTimeout(-1);
		return dataSource;
	}

	@Test
	void redisThatIsSilent() {
		assertRedisAnswersInTime();
	}

	@Test
	void redisThatIsAway() throws IOException {
		this.silent.close();
		assertRedisAnswersInTime();
	}

	private void assertRedisAnswersInTime() {
		LettuceConnectionFactory connections = new LettuceConnectionFactory("127.0.0.1", this.silent.getLocalPort());
		this.clients.add(connections::destroy);
		connections.afterPropertiesSet();
		connections.start();
		assertAnswersInTime(new RedisLeaseStore(connections, "tus:lock"));
	}

	private static void assertAnswersInTime(LeaseStore store) {
		ClusterUploadLocker locker = new ClusterUploadLocker(store, Duration.ofSeconds(10), UploadFence.NONE);
		long start = System.nanoTime();
		assertThatExceptionOfType(UploadUnavailableException.class).isThrownBy(() -> locker.tryLock(ID));
		assertThatExceptionOfType(UploadUnavailableException.class)
			.isThrownBy(() -> locker.ask(ID, LockRequest.inspect(), Duration.ofSeconds(5)));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LIMIT);
	}

}
