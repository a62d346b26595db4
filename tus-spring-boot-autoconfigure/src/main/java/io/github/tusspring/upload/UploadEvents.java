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

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import io.github.tusspring.upload.event.TusUploadCreatedEvent;
import io.github.tusspring.upload.event.TusUploadEvent;
import io.github.tusspring.upload.event.TusUploadExpiredEvent;
import io.github.tusspring.upload.event.TusUploadInterruptedEvent;
import io.github.tusspring.upload.event.TusUploadProgressEvent;
import io.github.tusspring.upload.event.TusUploadTerminatedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.log.LogMessage;

/**
 * Publishes what happens to uploads. A listener that fails does not change what has
 * happened, and one that takes its time delays no upload: where others would wait for it,
 * it is called by an executor, with the events of each upload one after the other.
 * Thread-safe.
 */
public final class UploadEvents {

	private static final Log logger = LogFactory.getLog(UploadEvents.class);

	private final ApplicationEventPublisher publisher;

	private final UploadObserver observer;

	private final Executor executor;

	private final Executor later;

	/**
	 * The events that wait until the listeners of an earlier one have returned, or until
	 * a thread calls them.
	 */
	private final Map<UploadId, Waiting> waiting = new ConcurrentHashMap<>();

	/**
	 * Creates an instance whose listeners are called where something happens: they must
	 * be quick.
	 * @param publisher publishes the events
	 */
	public UploadEvents(ApplicationEventPublisher publisher) {
		this(publisher, UploadObserver.NONE, Runnable::run, Runnable::run);
	}

	/**
	 * Creates an instance.
	 * @param publisher publishes the events
	 * @param observer sees what is published and more
	 * @param executor calls the listeners for which others would wait
	 * @param later calls the listeners of progress, a moment after it was made: many
	 * small appends to an upload are to cost no change of threads each
	 */
	public UploadEvents(ApplicationEventPublisher publisher, UploadObserver observer, Executor executor,
			Executor later) {
		this.publisher = publisher;
		this.observer = observer;
		this.executor = executor;
		this.later = later;
	}

	UploadObserver observer() {
		return this.observer;
	}

	void created(Upload upload) {
		this.observer.created(upload);
		publish(telling(new TusUploadCreatedEvent(upload)));
	}

	void terminated(Upload upload) {
		this.observer.terminated(upload);
		Telling event = telling(new TusUploadTerminatedEvent(upload));
		// In the thread of the request, unless that would be before an earlier event.
		if (this.waiting.computeIfPresent(upload.id(), (id, waiting) -> {
			waiting.removeProgress();
			return waiting.isIdle() ? null : waiting.add(event);
		}) == null) {
			publish(event);
		}
	}

	void expired(Upload upload) {
		this.observer.expired(upload);
		publishSoon(telling(new TusUploadExpiredEvent(upload)));
	}

	/**
	 * Bytes have come.
	 * @param context opens the append's scope in the thread that calls the listeners
	 */
	void progressed(Upload upload, Supplier<UploadObserver.Scope> context) {
		publishSoon(new Telling(new TusUploadProgressEvent(upload), context));
	}

	/**
	 * An append was interrupted.
	 * @param context opens the append's scope in the thread that calls the listeners
	 */
	void interrupted(Upload upload, Supplier<UploadObserver.Scope> context) {
		publishSoon(new Telling(new TusUploadInterruptedEvent(upload), context));
	}

	/**
	 * Called when all bytes of an upload are there: how far it had come is of no interest
	 * any more.
	 */
	void finishing(Upload upload) {
		this.waiting.computeIfPresent(upload.id(), (id, waiting) -> {
			waiting.removeProgress();
			return waiting.isIdle() ? null : waiting;
		});
	}

	private Telling telling(TusUploadEvent event) {
		return new Telling(event, () -> this.observer.working(event.upload().id()));
	}

	private void publishSoon(Telling event) {
		UploadId id = event.event().upload().id();
		boolean urgent = !event.isProgress();
		boolean[] first = new boolean[1];
		this.waiting.compute(id, (key, former) -> {
			Waiting waiting = (former != null) ? former : new Waiting();
			// The first wakes a thread up, and so does the first that doesn't wait.
			first[0] = former == null || (urgent && !waiting.urgent);
			waiting.urgent |= urgent;
			return waiting.add(event);
		});
		if (first[0]) {
			try {
				(urgent ? this.executor : this.later).execute(() -> publishWaiting(id));
			}
			catch (RejectedExecutionException ex) {
				logger.debug("The application is stopping: the thread that ends an append calls the listeners");
				if (urgent) {
					publishWaiting(id);
				}
				else {
					this.waiting.remove(id);
				}
			}
		}
	}

	private void publishWaiting(UploadId id) {
		AtomicReference<Telling> next = new AtomicReference<>();
		boolean[] begun = new boolean[1];
		do {
			next.set(null);
			this.waiting.computeIfPresent(id, (key, waiting) -> {
				if (waiting.busy && !begun[0]) {
					// Another thread is calling the listeners.
					return waiting;
				}
				waiting.busy = true;
				begun[0] = true;
				next.set(waiting.events.poll());
				return (next.get() != null) ? waiting : null;
			});
			if (next.get() != null) {
				publish(next.get());
			}
		}
		while (next.get() != null);
	}

	private void publish(Telling telling) {
		try (UploadObserver.Scope scope = telling.context().get()) {
			this.publisher.publishEvent(telling.event());
		}
		catch (Throwable ex) {
			logger.warn(LogMessage.format("A listener failed to handle %s", telling.event()), ex);
		}
	}

	/**
	 * What listeners are going to hear, and in which scope.
	 */
	private record Telling(TusUploadEvent event, Supplier<UploadObserver.Scope> context) {

		boolean isProgress() {
			return this.event instanceof TusUploadProgressEvent;
		}

	}

	/**
	 * The events of an upload that wait. Guarded by the map that it is in.
	 */
	private static final class Waiting {

		private final Deque<Telling> events = new ArrayDeque<>();

		private boolean urgent;

		private boolean busy;

		Waiting add(Telling event) {
			Telling last = this.events.peekLast();
			if (event.isProgress() && last != null && last.isProgress()) {
				// The later one includes it.
				this.events.removeLast();
			}
			this.events.add(event);
			return this;
		}

		void removeProgress() {
			this.events.removeIf(Telling::isProgress);
		}

		boolean isIdle() {
			return !this.busy && this.events.isEmpty();
		}

	}

}
