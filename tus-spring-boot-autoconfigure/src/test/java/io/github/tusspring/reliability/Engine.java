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

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

import io.github.tusspring.lock.LocalUploadLocker;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.DeliverySchedule;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadCleaner;
import io.github.tusspring.upload.UploadDelivery;
import io.github.tusspring.upload.UploadEvents;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadPolicy;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;

import org.springframework.context.ApplicationEventPublisher;

/**
 * The engine on a storage, without a server and without threads of its own.
 */
final class Engine {

	private final ManualTaskScheduler scheduler = new ManualTaskScheduler();

	private final UploadStorage storage;

	private final TusUploads uploads;

	private final UploadService service;

	private final UploadCleaner cleaner;

	Engine(Path directory, Durability durability, Consumer<TusUploadCompletedEvent> listener) throws IOException {
		this(new DiskUploadStorage(directory, durability, 0), listener);
	}

	/**
	 * Creates an engine.
	 * @param storage the storage, which is closed with it
	 * @param listener stands for the application
	 */
	Engine(UploadStorage storage, Consumer<TusUploadCompletedEvent> listener) {
		ExpirationPolicy expiration = new ExpirationPolicy(Duration.ofHours(24), true, null, EndpointRules.NONE);
		UploadLocker locker = new LocalUploadLocker();
		this.storage = storage;
		this.uploads = new TusUploads(this.storage, locker, expiration);
		ApplicationEventPublisher publisher = (event) -> {
			if (event instanceof TusUploadCompletedEvent completed) {
				listener.accept(completed);
			}
		};
		UploadDelivery delivery = new UploadDelivery(this.storage, locker, this.uploads, publisher,
				new DeliverySchedule(this.scheduler, Duration.ofMinutes(1), Duration.ofMinutes(1)), expiration);
		UploadEvents events = new UploadEvents(publisher);
		UploadPolicy policy = new UploadPolicy(null, expiration, true, Duration.ofSeconds(1), Duration.ofSeconds(5),
				EndpointRules.NONE);
		this.service = new UploadService(this.storage, locker, policy, List.of(), events, delivery);
		this.cleaner = new UploadCleaner(this.storage, locker, expiration, events,
				Clock.offset(Clock.systemUTC(), Duration.ofHours(25)));
	}

	UploadService service() {
		return this.service;
	}

	TusUploads uploads() {
		return this.uploads;
	}

	UploadStorage storage() {
		return this.storage;
	}

	/**
	 * Ends as a process does that is killed.
	 */
	void close() throws IOException {
		((Closeable) this.storage).close();
	}

	/**
	 * Does what the application does when it starts.
	 */
	void resume() {
		this.service.resume();
		runDueTasks();
	}

	void runDueTasks() {
		this.scheduler.runUntil(Instant.now());
	}

	/**
	 * Repeats what has failed.
	 */
	void runLaterTasks() {
		this.scheduler.runUntil(Instant.now().plus(Duration.ofSeconds(90)));
	}

	/**
	 * Lets all uploads expire that can.
	 */
	void expire() {
		this.cleaner.clean();
	}

}
