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

package io.github.tusspring.autoconfigure;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import io.github.tusspring.upload.UploadCleaner;
import io.github.tusspring.upload.UploadService;

import org.springframework.context.SmartLifecycle;

/**
 * Starts what runs alongside the requests, and ends the requests when the application
 * stops: before the web server begins to wait for them.
 */
final class TusLifecycle implements SmartLifecycle {

	private static final Duration SWEEP_INTERVAL = Duration.ofMillis(250);

	/**
	 * How often to look for what other instances have left undone.
	 */
	private static final Duration SETTLE_INTERVAL = Duration.ofSeconds(15);

	/**
	 * Late enough for the cleaner to tell what a crash has left behind from what another
	 * instance is just writing.
	 */
	private static final Duration FIRST_CLEANUP = Duration.ofSeconds(15);

	private static final Duration FORGET_INTERVAL = Duration.ofMinutes(5);

	/**
	 * How long the application's end waits for a pass through the storage, which is about
	 * to be closed.
	 */
	private static final Duration END_TIMEOUT = Duration.ofSeconds(5);

	/**
	 * Read-locked by each pass through the storage.
	 */
	private final ReadWriteLock passes = new ReentrantReadWriteLock();

	private final List<ScheduledFuture<?>> tasks = new ArrayList<>();

	private final UploadService service;

	private final UploadCleaner cleaner;

	private final TusTasks scheduler;

	private final TusProperties properties;

	private volatile boolean running;

	TusLifecycle(UploadService service, UploadCleaner cleaner, TusTasks scheduler, TusProperties properties) {
		this.service = service;
		this.cleaner = cleaner;
		this.scheduler = scheduler;
		this.properties = properties;
	}

	@Override
	public void start() {
		this.running = true;
		this.service.start();
		this.cleaner.start();
		this.tasks.add(this.scheduler.worker().schedule(() -> pass(this.service::resume), Instant.now()));
		if (this.service.isRemote()) {
			// With a fixed delay it would wait for the cleaner where threads are virtual.
			this.tasks.add(this.scheduler.worker()
				.scheduleAtFixedRate(() -> pass(this.service::settle), Instant.now().plus(SETTLE_INTERVAL),
						SETTLE_INTERVAL));
		}
		Duration idleTimeout = this.properties.append().idleTimeout();
		this.tasks.add(this.scheduler.sweeper()
			.scheduleWithFixedDelay(() -> this.service.stopSilent(idleTimeout, this.scheduler::work), SWEEP_INTERVAL));
		this.tasks.add(this.scheduler.sweeper().scheduleWithFixedDelay(this.service::keepAlive, SWEEP_INTERVAL));
		Duration cleanupInterval = this.properties.expiration().cleanupInterval();
		if (!cleanupInterval.isNegative()) {
			// A storage that many instances share isn't gone through whenever one of them
			// starts.
			boolean soon = !this.service.isRemote() && cleanupInterval.compareTo(FIRST_CLEANUP) > 0;
			Duration first = soon ? FIRST_CLEANUP : cleanupInterval;
			this.tasks.add(this.scheduler.worker()
				.scheduleWithFixedDelay(() -> pass(this::clean), Instant.now().plus(first), cleanupInterval));
		}
		else {
			// Another instance cleans.
			this.tasks.add(this.scheduler.worker()
				.scheduleWithFixedDelay(() -> pass(this.service::forgetRemoved), Instant.now().plus(FORGET_INTERVAL),
						FORGET_INTERVAL));
		}
	}

	private void pass(Runnable pass) {
		this.passes.readLock().lock();
		try {
			if (this.running) {
				pass.run();
			}
		}
		finally {
			this.passes.readLock().unlock();
		}
	}

	private void clean() {
		this.cleaner.clean(this.properties.expiration().cleanupInterval());
		this.service.forgetRemoved();
	}

	@Override
	public void stop() {
		this.tasks.forEach((task) -> task.cancel(false));
		this.tasks.clear();
		this.service.stop();
		this.cleaner.stop();
		this.running = false;
		awaitPasses();
	}

	private void awaitPasses() {
		try {
			if (this.passes.writeLock().tryLock(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
				this.passes.writeLock().unlock();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 512;
	}

}
