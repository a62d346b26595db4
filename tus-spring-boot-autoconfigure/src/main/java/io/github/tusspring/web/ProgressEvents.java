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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

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

	private final Map<UploadId, WatchedUpload> watched = new ConcurrentHashMap<>();

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
		WatchedUpload watching = this.watched.compute(upload.id(), (id, existing) -> {
			WatchedUpload entry = (existing != null) ? existing : new WatchedUpload(upload);
			entry.add(stream);
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
		watching.greet(stream, (running != null) ? upload.withOffset(running.position) : upload);
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
		this.watched.computeIfPresent(id, (key, existing) -> existing.remove(stream) ? null : existing);
	}

	/**
	 * Tells what has come since the last call. To be called several times a second.
	 */
	public void tell() {
		this.watched.forEach((id, watching) -> {
			Receiving running = this.receiving.get(id);
			if (running != null && !watching.isDelivering()) {
				watching.progress(running.position, running.length);
			}
			watching.keepAlive();
			watching.send();
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
				uploads.find(id).ifPresentOrElse(watching::seen, watching::gone);
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
		this.watched.values().forEach(WatchedUpload::end);
	}

	private void tell(Upload upload, String event) {
		WatchedUpload watching = this.watched.get(upload.id());
		if (watching != null) {
			watching.add(upload, event);
			sendSoon(watching);
		}
	}

	private void sendSoon(WatchedUpload watching) {
		Executor tasks = this.tasks;
		if (tasks != null) {
			try {
				tasks.execute(watching::send);
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
					tell(delivered, WatchedUpload.event(delivered));
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
			WatchedUpload watching = ProgressEvents.this.watched.get(this.id);
			if (watching != null && outcome == AppendOutcome.COMPLETED) {
				watching.progress(this.position, this.length);
				sendSoon(watching);
			}
		}

	}

}
