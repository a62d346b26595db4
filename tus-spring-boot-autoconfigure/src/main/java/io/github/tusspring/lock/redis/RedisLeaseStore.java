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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;

import io.github.tusspring.lock.LeaseStore;
import io.github.tusspring.upload.LockRequest;
import io.github.tusspring.upload.UploadId;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.log.LogMessage;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;
import org.springframework.data.redis.listener.ChannelTopic;
import org.springframework.data.redis.listener.RedisMessageListenerContainer;

/**
 * Leases in Redis: a hash for each upload, changed by scripts, and a channel for each
 * instance on which it hears what others want. All keys are in one slot of a Redis
 * cluster. A hash stays for a day after it was used.
 */
public final class RedisLeaseStore implements LeaseStore, AutoCloseable {

	private static final Log logger = LogFactory.getLog(RedisLeaseStore.class);

	private static final Duration INTERVAL = Duration.ofMillis(25);

	/**
	 * How long to wait before what others want is listened for again.
	 */
	private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

	private static final int CHUNK = 500;

	/**
	 * How many wishes may wait: those that are dropped are told again.
	 */
	private static final int UNHEARD = 1000;

	private static final RedisScript<List<?>> ACQUIRE = script("acquire.lua", List.class);

	private static final RedisScript<List<?>> TELL = script("tell.lua", List.class);

	private static final RedisScript<List<?>> RENEW = script("renew.lua", List.class);

	private static final RedisScript<Long> RELEASE = script("release.lua", Long.class);

	private static final RedisScript<Long> REFUSE = script("refuse.lua", Long.class);

	private final BlockingQueue<Wish> wishes = new LinkedBlockingQueue<>(UNHEARD);

	private final StringRedisTemplate template;

	private final String prefix;

	private final Executor starter = new SimpleAsyncTaskExecutor("tus-lock-listener-");

	private @Nullable RedisMessageListenerContainer listener;

	private @Nullable CompletableFuture<Void> starting;

	private long started;

	private volatile boolean deaf;

	/**
	 * Creates a store.
	 * @param connections gives connections to Redis
	 * @param prefix what the names of keys and channels begin with
	 */
	public RedisLeaseStore(RedisConnectionFactory connections, String prefix) {
		this.template = new StringRedisTemplate(connections);
		this.prefix = prefix;
	}

	@SuppressWarnings("unchecked")
	private static <T> RedisScript<T> script(String name, Class<?> type) {
		DefaultRedisScript<Object> script = new DefaultRedisScript<>();
		script.setLocation(new ClassPathResource(name, RedisLeaseStore.class));
		script.setResultType((Class<Object>) type);
		return (RedisScript<T>) script;
	}

	private String key(UploadId id) {
		return "{" + this.prefix + "}:" + id;
	}

	private String channel(String owner) {
		return this.prefix + ":" + owner;
	}

	@Override
	public Attempt acquire(UploadId id, String owner, Duration duration, @Nullable Wish wish) {
		listen(owner);
		List<?> result = this.template.execute(ACQUIRE, List.of(key(id)), owner, Long.toString(duration.toMillis()),
				channel(""), (wish != null) ? write(wish) : "");
		return "acquired".equals(result.get(0)) ? Attempt.acquired(Long.parseLong((String) result.get(1)))
				: Attempt.held((String) result.get(1));
	}

	@Override
	public Attempt tell(Wish wish) {
		List<?> result = this.template.execute(TELL, List.of(key(wish.id())), channel(""), write(wish));
		return "held".equals(result.get(0)) ? Attempt.held((String) result.get(1)) : Attempt.free();
	}

	private static String write(Wish wish) {
		LockRequest request = wish.request();
		return wish.token() + " " + request.purpose() + " " + request.offset() + " " + wish.id();
	}

	private static Wish read(String text) {
		String[] parts = text.split(" ");
		LockRequest request = new LockRequest(LockRequest.Purpose.valueOf(parts[1]), Long.parseLong(parts[2]));
		return new Wish(UploadId.of(parts[3]), parts[0], request);
	}

	@Override
	public Collection<UploadId> renew(Collection<UploadId> ids, String owner, Duration duration) {
		List<UploadId> all = List.copyOf(ids);
		List<UploadId> renewed = new ArrayList<>();
		for (int from = 0; from < all.size(); from += CHUNK) {
			List<UploadId> chunk = all.subList(from, Math.min(from + CHUNK, all.size()));
			List<?> result = this.template.execute(RENEW, chunk.stream().map(this::key).toList(), owner,
					Long.toString(duration.toMillis()));
			for (int i = 0; i < chunk.size(); i++) {
				if (Long.valueOf(1).equals(result.get(i))) {
					renewed.add(chunk.get(i));
				}
			}
		}
		return renewed;
	}

	@Override
	public void release(UploadId id, String owner, long generation) {
		this.template.execute(RELEASE, List.of(key(id)), owner, Long.toString(generation));
	}

	@Override
	public List<Wish> wishes(String owner) {
		listen(owner);
		List<Wish> heard = new ArrayList<>();
		this.wishes.drainTo(heard);
		return heard;
	}

	@Override
	public void refuse(Wish wish, String owner) {
		this.template.execute(REFUSE, List.of(key(wish.id())), owner, wish.token());
	}

	@Override
	public Duration interval() {
		return INTERVAL;
	}

	/**
	 * Begins to hear what others want, with the first lease. Nobody waits for that: they
	 * say it again until they are answered. The listener connects again by itself when it
	 * lost its connection.
	 */
	private synchronized void listen(String owner) {
		if (this.starting != null && (!this.starting.isCompletedExceptionally()
				|| System.nanoTime() - this.started < RETRY_INTERVAL.toNanos())) {
			return;
		}
		this.started = System.nanoTime();
		RedisMessageListenerContainer container = new RedisMessageListenerContainer();
		container.setConnectionFactory(this.template.getRequiredConnectionFactory());
		container.setRecoveryInterval(1000);
		container.addMessageListener((message, pattern) -> heard(new String(message.getBody(), StandardCharsets.UTF_8)),
				new ChannelTopic(channel(owner)));
		container.afterPropertiesSet();
		this.listener = container;
		this.starting = CompletableFuture.runAsync(() -> start(container), this.starter);
	}

	private void start(RedisMessageListenerContainer container) {
		try {
			container.start();
			this.deaf = false;
		}
		catch (RuntimeException ex) {
			if (!this.deaf) {
				this.deaf = true;
				logger.warn(LogMessage.format(
						"What other instances want can't be heard yet, for which the user of "
								+ "Redis needs the channels '%s*': %s",
						channel(""), NestedExceptionUtils.getMostSpecificCause(ex)));
			}
			destroy(container);
			throw ex;
		}
	}

	private void heard(String text) {
		try {
			this.wishes.offer(read(text));
		}
		catch (RuntimeException ex) {
			logger.debug(LogMessage.format("'%s' is not a message that can be read", text));
		}
	}

	private static void destroy(RedisMessageListenerContainer container) {
		try {
			container.destroy();
		}
		catch (Exception ex) {
			logger.debug(LogMessage.format("The listener could not be ended: %s", ex));
		}
	}

	@Override
	public synchronized void close() {
		if (this.listener != null) {
			destroy(this.listener);
		}
	}

}
