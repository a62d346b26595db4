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

package io.github.tusspring.example;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import com.sun.net.httpserver.HttpServer;
import io.github.tusspring.lock.LocalUploadLocker;
import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.DeliverySchedule;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadDelivery;
import io.github.tusspring.upload.UploadEvents;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadPolicy;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.web.UploadHandler;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/**
 * The engine without Spring Boot and without servlets: behind the server that the JDK
 * brings along.
 */
final class JdkTusServer implements AutoCloseable {

	private static final String PATH = "/files";

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();

	private final HttpServer server;

	private final UploadService service;

	JdkTusServer(Path directory, Consumer<Object> listener) throws IOException {
		this.scheduler.initialize();
		DiskUploadStorage storage = new DiskUploadStorage(directory, Durability.COMPLETION, 0);
		UploadLocker locker = new LocalUploadLocker();
		ExpirationPolicy expiration = new ExpirationPolicy(Duration.ofHours(24), true, null, EndpointRules.NONE);
		TusUploads uploads = new TusUploads(storage, locker, expiration);
		ApplicationEventPublisher publisher = listener::accept;
		DeliverySchedule schedule = new DeliverySchedule(this.scheduler, Duration.ofSeconds(10),
				Duration.ofMinutes(10));
		UploadPolicy policy = new UploadPolicy(null, expiration, true, Duration.ofSeconds(1), Duration.ofSeconds(5),
				EndpointRules.NONE);
		this.service = new UploadService(storage, locker, policy, List.of(), new UploadEvents(publisher),
				new UploadDelivery(storage, locker, uploads, publisher, schedule, expiration));
		UploadHandler handler = new UploadHandler(new TusProtocol(null, true, false, false), this.service, uploads,
				UploadIdGenerator.random());
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.threads);
		this.server.createContext(PATH, (exchange) -> handler.handle(new JdkTusExchange(exchange, PATH)));
	}

	void start() {
		this.service.start();
		this.service.resume();
		this.scheduler.scheduleWithFixedDelay(() -> this.service.stopSilent(Duration.ofSeconds(30), this.threads),
				Duration.ofSeconds(1));
		this.server.start();
	}

	int port() {
		return this.server.getAddress().getPort();
	}

	@Override
	public void close() {
		this.service.stop();
		this.server.stop(0);
		this.threads.shutdown();
		this.scheduler.shutdown();
	}

}
