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

package io.github.tusspring.lock.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import io.github.tusspring.lock.AbstractClusterUploadLockerTests;
import io.github.tusspring.lock.LeaseStore;
import io.github.tusspring.lock.LeaseStore.Wish;
import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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

	@Test
	void refusalOfAnEarlierWishLeavesALaterOne() {
		LeaseStore store = createStore();
		UploadId id = UploadId.of("wanted");
		Wish earlier = new Wish(id, "earlier", LockRequest.append(0));
		Wish later = new Wish(id, "later", LockRequest.append(0));
		store.acquire(id, "one", Duration.ofMinutes(1), null);
		store.tell(earlier);
		store.tell(later);
		store.refuse(earlier, "one");
		assertThat(store.tell(later).refused()).isNull();
		assertThat(store.wishes("one")).containsExactly(later);
	}

	@Test
	void rowsThatNobodyHasUsedForADayAreRemoved() {
		JdbcTemplate template = new JdbcTemplate(dataSource());
		String sql = "insert into TUS_LOCK (UPLOAD_ID, OWNER, GENERATION, EXPIRES) values (?, ?, 1, 1)";
		template.batchUpdate(sql, IntStream.range(0, 501).mapToObj((i) -> new Object[] { "old-" + i, null }).toList());
		template.update(sql, "dead", UUID.randomUUID().toString());
		locker().tryLock(UploadId.of("used")).close();
		await()
			.until(() -> template.queryForList("select UPLOAD_ID from TUS_LOCK", String.class).equals(List.of("used")));
	}

}
