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

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import javax.sql.DataSource;

import io.github.tusspring.lock.LeaseStore;
import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.Assert;

/**
 * Leases in the table {@code TUS_LOCK} of a PostgreSQL, MySQL, MariaDB or H2 database. An
 * upload's row stays for a day after it was used, so that its generations go on growing.
 * Each statement is a transaction of its own; connections have to commit automatically,
 * as those of pools do unless they are told not to.
 */
public final class JdbcLeaseStore implements LeaseStore {

	private static final Duration INTERVAL = Duration.ofMillis(100);

	private static final int STATEMENT_SECONDS = 5;

	/**
	 * How often a statement is tried that another one of the same rows gets in the way
	 * of, as databases say that keep transactions far apart.
	 */
	private static final int TRIES = 3;

	private static final int CHUNK = 500;

	private static final long DAY = Duration.ofDays(1).toMillis();

	private final JdbcTemplate template;

	private final JdbcClient client;

	private volatile @Nullable String now;

	/**
	 * Creates a store.
	 * @param dataSource gives connections to the database
	 */
	public JdbcLeaseStore(DataSource dataSource) {
		this.template = new JdbcTemplate(dataSource);
		this.template.setQueryTimeout(STATEMENT_SECONDS);
		this.client = JdbcClient.create(this.template);
	}

	@Override
	public Attempt acquire(UploadId id, String owner, Duration duration, @Nullable Wish wish) {
		return patiently(() -> take(id, owner, duration, wish));
	}

	private Attempt take(UploadId id, String owner, Duration duration, @Nullable Wish wish) {
		Row row = find(id).orElse(null);
		if (row == null) {
			return insert(id, owner, duration);
		}
		if (row.isHeld() && !owner.equals(row.owner())) {
			return tell(row, wish);
		}
		int updated = this.client.sql("update TUS_LOCK set OWNER = :owner, GENERATION = GENERATION + 1, EXPIRES = "
				+ now() + " + :duration, WISH = null, PURPOSE = null, WISHED_OFFSET = null, REFUSED = null"
				+ " where UPLOAD_ID = :id and GENERATION = :generation and (OWNER is null or OWNER = :owner or EXPIRES <= "
				+ now() + ")")
			.param("owner", owner)
			.param("duration", duration.toMillis())
			.param("id", id.toString())
			.param("generation", row.generation())
			.update();
		return (updated == 1) ? Attempt.acquired(row.generation() + 1) : Attempt.held(null);
	}

	private Attempt insert(UploadId id, String owner, Duration duration) {
		try {
			this.client
				.sql("insert into TUS_LOCK (UPLOAD_ID, OWNER, GENERATION, EXPIRES) values (:id, :owner, " + now() + ", "
						+ now() + " + :duration)")
				.param("id", id.toString())
				.param("owner", owner)
				.param("duration", duration.toMillis())
				.update();
		}
		catch (DuplicateKeyException ex) {
			return Attempt.held(null);
		}
		return Attempt.acquired(find(id).map(Row::generation).orElseThrow());
	}

	@Override
	public Attempt tell(Wish wish) {
		return patiently(() -> {
			Row row = find(wish.id()).orElse(null);
			return (row != null && row.isHeld()) ? tell(row, wish) : Attempt.free();
		});
	}

	private Attempt tell(Row row, @Nullable Wish wish) {
		if (wish != null && !wish.token().equals(row.refused()) && !wish.token().equals(row.wish())) {
			this.client
				.sql("update TUS_LOCK set WISH = :wish, PURPOSE = :purpose, WISHED_OFFSET = :offset"
						+ " where UPLOAD_ID = :id and GENERATION = :generation")
				.param("wish", wish.token())
				.param("purpose", wish.request().purpose().name())
				.param("offset", wish.request().offset())
				.param("id", wish.id().toString())
				.param("generation", row.generation())
				.update();
		}
		return Attempt.held(row.refused());
	}

	private Optional<Row> find(UploadId id) {
		return this.client
			.sql("select OWNER, GENERATION, EXPIRES - " + now() + ", WISH, REFUSED from TUS_LOCK where UPLOAD_ID = :id")
			.param("id", id.toString())
			.query((result, index) -> new Row(result.getString(1), result.getLong(2), result.getLong(3) > 0,
					result.getString(4), result.getString(5)))
			.optional();
	}

	@Override
	public Collection<UploadId> renew(Collection<UploadId> ids, String owner, Duration duration) {
		return patiently(() -> prolong(ids, owner, duration));
	}

	private Collection<UploadId> prolong(Collection<UploadId> ids, String owner, Duration duration) {
		List<String> all = ids.stream().map(UploadId::toString).toList();
		List<UploadId> renewed = new ArrayList<>();
		for (int from = 0; from < all.size(); from += CHUNK) {
			List<String> chunk = all.subList(from, Math.min(from + CHUNK, all.size()));
			this.client
				.sql("update TUS_LOCK set EXPIRES = " + now()
						+ " + :duration where OWNER = :owner and UPLOAD_ID in (:ids) and EXPIRES > " + now())
				.param("duration", duration.toMillis())
				.param("owner", owner)
				.param("ids", chunk)
				.update();
			this.client
				.sql("select UPLOAD_ID from TUS_LOCK where OWNER = :owner and UPLOAD_ID in (:ids) and EXPIRES > "
						+ now())
				.param("owner", owner)
				.param("ids", chunk)
				.query((result, index) -> UploadId.of(result.getString(1)))
				.list()
				.forEach(renewed::add);
		}
		return renewed;
	}

	@Override
	public void release(UploadId id, String owner, long generation) {
		patiently(() -> this.client
			.sql("update TUS_LOCK set OWNER = null, WISH = null, PURPOSE = null, WISHED_OFFSET = null,"
					+ " REFUSED = null where UPLOAD_ID = :id and OWNER = :owner and GENERATION = :generation")
			.param("id", id.toString())
			.param("owner", owner)
			.param("generation", generation)
			.update());
	}

	private static <T> T patiently(Supplier<T> change) {
		for (int i = 1;; i++) {
			try {
				return change.get();
			}
			catch (ConcurrencyFailureException ex) {
				if (i == TRIES) {
					throw ex;
				}
			}
		}
	}

	@Override
	public List<Wish> wishes(String owner) {
		return this.client
			.sql("select UPLOAD_ID, WISH, PURPOSE, WISHED_OFFSET from TUS_LOCK"
					+ " where OWNER = :owner and WISH is not null")
			.param("owner", owner)
			.query((result, index) -> wish(result))
			.list();
	}

	private static Wish wish(ResultSet result) throws SQLException {
		LockRequest request = new LockRequest(LockRequest.Purpose.valueOf(result.getString(3)), result.getLong(4));
		return new Wish(UploadId.of(result.getString(1)), result.getString(2), request);
	}

	@Override
	public void refuse(Wish wish, String owner) {
		patiently(() -> this.client
			.sql("update TUS_LOCK set REFUSED = WISH, WISH = null where UPLOAD_ID = :id and OWNER = :owner"
					+ " and WISH = :wish")
			.param("id", wish.id().toString())
			.param("owner", owner)
			.param("wish", wish.token())
			.update());
	}

	@Override
	public Duration interval() {
		return INTERVAL;
	}

	/**
	 * Removes the rows of uploads that nobody has used for a day, also those of instances
	 * that died, some at a time.
	 */
	@Override
	public void tidy() {
		List<String> old;
		do {
			old = this.client.sql("select UPLOAD_ID from TUS_LOCK where EXPIRES < " + now() + " - :age limit " + CHUNK)
				.param("age", DAY)
				.query(String.class)
				.list();
			remove(old);
		}
		while (old.size() == CHUNK);
	}

	private void remove(List<String> old) {
		if (!old.isEmpty()) {
			this.client.sql("delete from TUS_LOCK where UPLOAD_ID in (:ids) and EXPIRES < " + now() + " - :age")
				.param("ids", old)
				.param("age", DAY)
				.update();
		}
	}

	/**
	 * Returns the expression for the database's time. The database need not be there
	 * before the first lock is taken.
	 */
	private String now() {
		String known = this.now;
		if (known == null) {
			known = this.template.execute((ConnectionCallback<String>) JdbcLeaseStore::clock);
			Assert.state(known != null, "The database doesn't tell the time");
			this.now = known;
		}
		return known;
	}

	private static String clock(Connection connection) throws SQLException {
		Assert.state(connection.getAutoCommit(), "Locks need a DataSource whose connections commit automatically");
		return DatabaseClock.of(connection.getMetaData().getDatabaseProductName()).now();
	}

	/**
	 * A row as it is at a moment.
	 *
	 * @param owner who has the lease or {@code null}
	 * @param generation its number
	 * @param running whether its time has not run out
	 * @param wish the token of the wish that the holder has not heard yet, or
	 * {@code null}
	 * @param refused the token of the wish that was refused last, or {@code null}
	 */
	private record Row(@Nullable String owner, long generation, boolean running, @Nullable String wish,
			@Nullable String refused) {

		boolean isHeld() {
			return this.owner != null && this.running;
		}

	}

}
