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

package io.github.tusspring.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import io.github.tusspring.lock.LocalUploadLocker;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;

/**
 * The engine without a server: what happens is recorded, what waits is run by hand.
 */
class TestEngine {

	static final UploadClient CLIENT = UploadClient.ANONYMOUS;

	static final Consumer<StopReason> NO_STOP = (reason) -> {
	};

	final List<Object> events = new ArrayList<>();

	final RecordingObserver observer = new RecordingObserver("");

	final ManualTaskScheduler scheduler = new ManualTaskScheduler();

	final UploadLocker locker;

	final ExpirationPolicy expiration;

	final UploadStorage storage;

	final TusUploads uploads;

	final UploadService service;

	Consumer<TusUploadCompletedEvent> listener = (event) -> {
	};

	TestEngine(UploadStorage storage, UploadInterceptor... interceptors) {
		this(storage, null, Duration.ofHours(24), interceptors);
	}

	TestEngine(UploadStorage storage, Long maxSize, Duration expiresAfter, UploadInterceptor... interceptors) {
		this(storage, maxSize, expiresAfter, EndpointRules.NONE, interceptors);
	}

	TestEngine(UploadStorage storage, UploadLimits limits) {
		this(storage, null, Duration.ofHours(24), EndpointRules.NONE, limits, UploadGuard.OWNERSHIP,
				AbsentClients.UNKNOWN);
	}

	TestEngine(UploadStorage storage, Long maxSize, Duration expiresAfter, EndpointRules endpoints,
			UploadInterceptor... interceptors) {
		this(storage, maxSize, expiresAfter, endpoints, UploadLimits.NONE, UploadGuard.OWNERSHIP, AbsentClients.UNKNOWN,
				interceptors);
	}

	TestEngine(UploadStorage storage, UploadGuard guard, AbsentClients absent) {
		this(storage, null, Duration.ofHours(24), EndpointRules.NONE, UploadLimits.NONE, guard, absent);
	}

	TestEngine(UploadStorage storage, UploadLocker locker) {
		this(storage, locker, null, Duration.ofHours(24), EndpointRules.NONE, UploadLimits.NONE, UploadGuard.OWNERSHIP,
				AbsentClients.UNKNOWN);
	}

	TestEngine(UploadStorage storage, Long maxSize, Duration expiresAfter, EndpointRules endpoints, UploadLimits limits,
			UploadGuard guard, AbsentClients absent, UploadInterceptor... interceptors) {
		this(storage, new LocalUploadLocker(), maxSize, expiresAfter, endpoints, limits, guard, absent, interceptors);
	}

	private TestEngine(UploadStorage storage, UploadLocker locker, Long maxSize, Duration expiresAfter,
			EndpointRules endpoints, UploadLimits limits, UploadGuard guard, AbsentClients absent,
			UploadInterceptor... interceptors) {
		this.storage = storage;
		this.locker = locker;
		this.expiration = new ExpirationPolicy(expiresAfter, true, null, endpoints);
		this.uploads = new TusUploads(storage, this.locker, this.expiration);
		DeliverySchedule schedule = new DeliverySchedule(this.scheduler, Duration.ofSeconds(10),
				Duration.ofMinutes(10));
		UploadDelivery delivery = new UploadDelivery(storage, this.locker, this.uploads, this::publish, schedule,
				this.expiration, this.observer, absent);
		UploadPolicy policy = new UploadPolicy(maxSize, this.expiration, true, Duration.ofSeconds(1),
				Duration.ofSeconds(2), endpoints, null, limits);
		this.service = new UploadService(storage, this.locker, policy, List.of(interceptors), events(), delivery,
				guard);
	}

	static DiskUploadStorage disk(Path directory) {
		try {
			return new DiskUploadStorage(directory, Durability.NONE, 0);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private UploadEvents events() {
		return new UploadEvents(this::publish, this.observer, Runnable::run, Runnable::run);
	}

	private void publish(Object event) {
		this.events.add(event);
		if (event instanceof TusUploadCompletedEvent completed) {
			this.listener.accept(completed);
		}
	}

	UploadCleaner cleaner(Clock clock) {
		return new UploadCleaner(this.storage, this.locker, this.expiration, events(), clock);
	}

	/**
	 * Creates an upload for the client that is named in it.
	 */
	UploadOutcome create(NewUpload upload) {
		return this.service.create(upload, new UploadClient(upload.owner(), upload.endpoint(), upload.endpointPattern(),
				upload.remoteAddress(), null, upload.draft() > 0));
	}

	Upload create(String id, Long length) {
		return create(NewUpload.builder(UploadId.of(id)).length(length).build()).upload();
	}

	Upload createPart(String id, Long length) {
		return create(
				NewUpload.builder(UploadId.of(id)).length(length).concatenation(new Concatenation.Partial()).build())
			.upload();
	}

	Upload createFinal(String id, String... parts) {
		return create(NewUpload.builder(UploadId.of(id)).concatenation(concatenation(parts)).build()).upload();
	}

	static Concatenation.Final concatenation(String... parts) {
		return new Concatenation.Final(Stream.of(parts).map(UploadId::of).toList(), String.join(" ", parts));
	}

	/**
	 * Returns a policy of so many unfinished uploads.
	 */
	static UploadPolicy limit(int uploads) {
		return new UploadPolicy(null, new ExpirationPolicy(Duration.ofHours(24), true, null, EndpointRules.NONE), true,
				Duration.ofSeconds(1), Duration.ofSeconds(5), EndpointRules.NONE, null,
				new UploadLimits(uploads, 0, 0, 0));
	}

	/**
	 * Does at once what is done at the start of an application.
	 */
	void resume() {
		this.service.resume();
		this.scheduler.runDue();
	}

	AppendSession begin(String id, long offset) {
		return this.service.append(UploadId.of(id), request(offset), CLIENT, NO_STOP);
	}

	Upload append(String id, long offset, String text) {
		return append(id, request(offset), text);
	}

	Upload append(String id, AppendRequest request, String text) {
		AppendSession session = this.service.append(UploadId.of(id), request, CLIENT, NO_STOP);
		try {
			session.write(bytes(text));
		}
		catch (RuntimeException ex) {
			session.interrupt();
			throw ex;
		}
		return session.complete(() -> null).upload();
	}

	static AppendRequest request(long offset) {
		return new AppendRequest(offset, -1, null, null, false);
	}

	static AppendRequest declare(long offset, long length) {
		return new AppendRequest(offset, -1, length, null, false);
	}

	Upload inspect(String id) {
		return this.service.inspect(UploadId.of(id), CLIENT);
	}

	Upload stored(String id) {
		return this.uploads.find(UploadId.of(id)).orElse(null);
	}

	String content(String id) {
		try {
			return this.uploads.open(UploadId.of(id)).getContentAsString(StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	List<String> eventNames() {
		return this.events.stream()
			.map((event) -> event.getClass().getSimpleName().replace("TusUpload", "").replace("Event", ""))
			.toList();
	}

	List<Integer> attempts(String id) {
		return this.events.stream()
			.filter(TusUploadCompletedEvent.class::isInstance)
			.map(TusUploadCompletedEvent.class::cast)
			.filter((event) -> event.upload().id().toString().equals(id))
			.map(TusUploadCompletedEvent::attempt)
			.toList();
	}

	static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

}
