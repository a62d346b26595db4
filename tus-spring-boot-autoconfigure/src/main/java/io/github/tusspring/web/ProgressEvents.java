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

package io.github.tusspring.web;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.ClientCounts;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadState;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Tells clients how far uploads are, as server-sent events. What this instance receives
 * is told several times a second, what another one receives every few seconds. No client
 * takes a thread. Thread-safe.
 */
public final class ProgressEvents implements UploadObserver {

	private static final Log logger = LogFactory.getLog(ProgressEvents.class);

	private static final long KEEP_ALIVE = Duration.ofSeconds(15).toNanos();

	private final Map<UploadId, Watched> watched = new ConcurrentHashMap<>();

	private final Map<UploadId, Receiving> receiving = new ConcurrentHashMap<>();

	private final ClientCounts counts;

	private volatile @Nullable Executor tasks;

	private volatile boolean stopping;

	/**
	 * Creates the events.
	 * @param maxStreams the number of streams in all, or 0 for any
	 * @param maxStreamsPerClient the number of streams for each client, or 0 for any
	 */
	public ProgressEvents(int maxStreams, int maxStreamsPerClient) {
		this.counts = new ClientCounts(maxStreams, maxStreamsPerClient);
	}

	/**
	 * Begins to tell.
	 * @param tasks runs what sends events: who works for an upload never waits for who
	 * watches it
	 */
	public void start(Executor tasks) {
		this.stopping = false;
		this.tasks = tasks;
	}

	/**
	 * Sends a client what happens to an upload, from now on.
	 * @param client the client, or {@code null} if it isn't known
	 * @return whether it is sent: not if there are as many streams as there may be
	 */
	boolean watch(Upload upload, @Nullable String client, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		if (!this.counts.tryAdd(client)) {
			return false;
		}
		ProgressStream stream;
		try {
			stream = open(upload.id(), client, request, UncachedResponse.of(response));
		}
		catch (IOException | RuntimeException ex) {
			this.counts.remove(client);
			throw ex;
		}
		Watched uploads = this.watched.compute(upload.id(), (id, existing) -> {
			Watched entry = (existing != null) ? existing : new Watched(upload);
			entry.streams.add(stream);
			return entry;
		});
		try {
			stream.start();
		}
		catch (RuntimeException ex) {
			// What wraps the response can only be written to by a thread that waits.
			logger.debug(LogMessage.format("Progress of upload '%s' can't be told: %s", upload.id().abbreviated(), ex));
			response.setStatus(HttpServletResponse.SC_NOT_IMPLEMENTED);
			stream.end();
			return true;
		}
		Receiving running = this.receiving.get(upload.id());
		Upload now = (running != null) ? upload.withOffset(running.position) : upload;
		String event = uploads.delivering ? "delivering" : event(now);
		stream.send(lines(event, now.offset(), now.length()), isLast(event));
		if (this.stopping) {
			// Nobody ends it any more, and the server waits for its requests.
			stream.end();
		}
		return true;
	}

	private ProgressStream open(UploadId id, @Nullable String client, HttpServletRequest request,
			HttpServletResponse response) throws IOException {
		response.setContentType("text/event-stream;charset=UTF-8");
		response.setHeader("Cache-Control", "no-store");
		response.setHeader("X-Accel-Buffering", "no");
		AsyncContext context = request.startAsync(request, response);
		context.setTimeout(0);
		return new ProgressStream(context, (ended) -> {
			forget(id, ended);
			this.counts.remove(client);
		});
	}

	private void forget(UploadId id, ProgressStream stream) {
		this.watched.computeIfPresent(id, (key, existing) -> {
			existing.streams.remove(stream);
			return existing.streams.isEmpty() ? null : existing;
		});
	}

	private static String event(Upload upload) {
		return switch (upload.state()) {
			case COMPLETED -> "completed";
			case REJECTED -> "rejected";
			case FINISHING -> "delivering";
			case RECEIVING -> "progress";
		};
	}

	private static boolean isLast(String event) {
		return !event.equals("progress") && !event.equals("delivering");
	}

	private static String lines(String event, long offset, @Nullable Long length) {
		return "event: " + event + "\ndata: {\"offset\":" + offset + ",\"length\":" + length + "}\n\n";
	}

	/**
	 * Tells what has come since the last call. To be called several times a second.
	 */
	public void tell() {
		long now = System.nanoTime();
		this.watched.forEach((id, uploads) -> {
			Receiving running = this.receiving.get(id);
			if (running != null && !uploads.delivering) {
				uploads.progress(running.position, running.length);
			}
			if (now - uploads.told > KEEP_ALIVE) {
				uploads.keepAlive();
			}
			uploads.send();
		});
	}

	/**
	 * Looks at what this instance doesn't receive. To be called every few seconds.
	 * @param uploads gives access to the uploads
	 */
	public void look(TusUploads uploads) {
		this.watched.forEach((id, watching) -> {
			if (this.receiving.containsKey(id)) {
				return;
			}
			try {
				Optional<Upload> found = uploads.find(id);
				if (found.isEmpty()) {
					watching.gone();
				}
				else if (found.get().state() == UploadState.RECEIVING) {
					watching.seen(found.get());
				}
				else {
					watching.add(found.get(), event(found.get()));
				}
				watching.send();
			}
			catch (RuntimeException ex) {
				// The next one may be better off.
				logger.debug(LogMessage.format("Progress of upload '%s' can't be told now: %s", id.abbreviated(), ex));
			}
		});
	}

	/**
	 * Ends all streams, and from now on each as soon as it was opened: their clients may
	 * come back.
	 */
	public void stop() {
		this.stopping = true;
		this.tasks = null;
		this.watched.values().forEach((uploads) -> uploads.streams.forEach(ProgressStream::end));
	}

	private void tell(Upload upload, String event) {
		Watched uploads = this.watched.get(upload.id());
		if (uploads != null) {
			uploads.add(upload, event);
			sendSoon(uploads);
		}
	}

	private void sendSoon(Watched uploads) {
		Executor tasks = this.tasks;
		if (tasks != null) {
			try {
				tasks.execute(uploads::send);
			}
			catch (RejectedExecutionException ex) {
				// The application stops: the streams end.
			}
		}
	}

	@Override
	public boolean observesCalls() {
		return false;
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		Receiving append = new Receiving(upload);
		this.receiving.put(upload.id(), append);
		return append;
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		tell(upload, "delivering");
		return new DeliveryObserver() {

			@Override
			public void ended(Upload delivered, @Nullable Throwable failure) {
				if (delivered.state() != UploadState.FINISHING) {
					tell(delivered, event(delivered));
				}
			}

		};
	}

	@Override
	public void rejected(Upload upload) {
		tell(upload, "rejected");
	}

	@Override
	public void terminated(Upload upload) {
		tell(upload, "terminated");
	}

	@Override
	public void expired(Upload upload) {
		tell(upload, "expired");
	}

	/**
	 * An append to this instance.
	 */
	private final class Receiving implements AppendObserver {

		private final UploadId id;

		private final @Nullable Long length;

		private volatile long position;

		private Receiving(Upload upload) {
			this.id = upload.id();
			this.length = upload.length();
			this.position = upload.offset();
		}

		@Override
		@SuppressWarnings("NonAtomicOperationOnVolatileField")
		public void received(int count) {
			// There is one writer only.
			this.position = this.position + count;
		}

		@Override
		public void ended(AppendOutcome outcome) {
			ProgressEvents.this.receiving.remove(this.id, this);
			Watched uploads = ProgressEvents.this.watched.get(this.id);
			if (uploads != null && outcome == AppendOutcome.COMPLETED) {
				uploads.progress(this.position, this.length);
				sendSoon(uploads);
			}
		}

	}

	/**
	 * An upload that clients watch. What happens to it is noted by whoever does it, and
	 * sent by one thread at a time, in that order.
	 */
	private static final class Watched {

		private final Set<ProgressStream> streams = ConcurrentHashMap.newKeySet();

		private final Queue<Consumer<ProgressStream>> events = new ConcurrentLinkedQueue<>();

		private final AtomicBoolean sending = new AtomicBoolean();

		private volatile long offset;

		private volatile @Nullable Long length;

		private volatile @Nullable Instant expires;

		private volatile boolean delivering;

		private volatile long told = System.nanoTime();

		private Watched(Upload upload) {
			this.offset = upload.offset();
			this.length = upload.length();
			this.expires = upload.expires();
		}

		private void seen(Upload upload) {
			this.expires = upload.expires();
			progress(upload.offset(), upload.length());
		}

		/**
		 * Another instance has removed the upload.
		 */
		private void gone() {
			Instant expires = this.expires;
			boolean expired = expires != null && !expires.isAfter(Instant.now());
			add(expired ? "expired" : "terminated", this.offset, this.length);
		}

		private void progress(long offset, @Nullable Long length) {
			if (offset != this.offset) {
				add("progress", offset, length);
			}
		}

		private void add(Upload upload, String event) {
			this.delivering = event.equals("delivering");
			add(event, upload.offset(), upload.length());
		}

		private void add(String event, long offset, @Nullable Long length) {
			this.offset = offset;
			this.length = length;
			String lines = lines(event, offset, length);
			boolean last = isLast(event);
			add((stream) -> stream.send(lines, last));
		}

		private void keepAlive() {
			add(ProgressStream::keepAlive);
		}

		private void add(Consumer<ProgressStream> event) {
			this.told = System.nanoTime();
			this.events.add(event);
		}

		private void send() {
			// Whoever sends already sends what has come meanwhile, too.
			while (!this.events.isEmpty() && this.sending.compareAndSet(false, true)) {
				try {
					for (var event = this.events.poll(); event != null; event = this.events.poll()) {
						Consumer<ProgressStream> next = event;
						this.streams.forEach((stream) -> send(stream, next));
					}
				}
				finally {
					this.sending.set(false);
				}
			}
		}

		private static void send(ProgressStream stream, Consumer<ProgressStream> event) {
			try {
				event.accept(stream);
			}
			catch (RuntimeException ex) {
				// No stream keeps the others from hearing, nor what is called at times
				// from being called again.
				logger.debug("An event could not be sent", ex);
			}
		}

	}

}
