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

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Many observers as one. None of them can stop the others, or what they observe: what an
 * observer throws is logged. Thread-safe.
 */
final class CompositeUploadObserver implements UploadObserver {

	private static final Log logger = LogFactory.getLog(CompositeUploadObserver.class);

	/**
	 * The observers whose failures were reported: one that fails for some bytes fails for
	 * the next, too.
	 */
	private final Set<Class<?>> reported = ConcurrentHashMap.newKeySet();

	private final List<UploadObserver> observers;

	private final List<UploadObserver> callObservers;

	CompositeUploadObserver(List<? extends UploadObserver> observers) {
		this.observers = List.copyOf(observers);
		this.callObservers = this.observers.stream().filter(UploadObserver::observesCalls).toList();
	}

	@Override
	public boolean observesCalls() {
		return !this.callObservers.isEmpty();
	}

	@Override
	public void created(Upload upload) {
		tell(this.observers, (observer) -> observer.created(upload));
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		List<AppendObserver> appends = all(this.observers, (observer) -> observer.appendBegan(upload),
				AppendObserver.NONE);
		return appends.isEmpty() ? AppendObserver.NONE : new CompositeAppend(appends);
	}

	@Override
	public void waiting(Upload upload) {
		tell(this.observers, (observer) -> observer.waiting(upload));
	}

	@Override
	public void settled(UploadId id) {
		tell(this.observers, (observer) -> observer.settled(id));
	}

	@Override
	public void rejected(Upload upload) {
		tell(this.observers, (observer) -> observer.rejected(upload));
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		return new CompositeDelivery(
				all(this.observers, (observer) -> observer.deliveryBegan(upload), DeliveryObserver.NONE));
	}

	@Override
	public void terminated(Upload upload) {
		tell(this.observers, (observer) -> observer.terminated(upload));
	}

	@Override
	public void expired(Upload upload) {
		tell(this.observers, (observer) -> observer.expired(upload));
	}

	@Override
	public void refused(UploadClient client, int status, RefusalReason reason) {
		tell(this.observers, (observer) -> observer.refused(client, status, reason));
	}

	@Override
	public void lockAwaited(UploadId id, Duration waited, boolean locked) {
		tell(this.callObservers, (observer) -> observer.lockAwaited(id, waited, locked));
	}

	@Override
	public StorageCallObserver storageCalled(StorageOperation operation, @Nullable UploadId id) {
		List<StorageCallObserver> calls = all(this.callObservers, (observer) -> observer.storageCalled(operation, id),
				StorageCallObserver.NONE);
		return calls.isEmpty() ? StorageCallObserver.NONE : (failure) -> tell(calls, (call) -> call.ended(failure));
	}

	@Override
	public Scope working(UploadId id) {
		return scope(this.observers, (observer) -> observer.working(id));
	}

	/**
	 * Calls each, and returns what sees or ends something.
	 */
	private <T, R> List<R> all(List<T> observers, Function<T, R> call, R none) {
		List<R> results = new ArrayList<>(observers.size());
		tell(observers, (observer) -> {
			R result = call.apply(observer);
			if (result != none) {
				results.add(result);
			}
		});
		return results;
	}

	/**
	 * Opens a scope of each, which are closed in the opposite order.
	 */
	private <T> Scope scope(List<T> openers, Function<T, Scope> open) {
		List<Scope> scopes = all(openers, open, Scope.NONE);
		Collections.reverse(scopes);
		return () -> tell(scopes, Scope::close);
	}

	private <T> void tell(List<T> observers, Consumer<T> call) {
		for (T observer : observers) {
			try {
				call.accept(observer);
			}
			catch (Throwable ex) {
				// A handler of the application's or code in another language may throw
				// anything.
				failed(observer.getClass(), ex);
			}
		}
	}

	private void failed(Class<?> observer, Throwable ex) {
		if (this.reported.add(observer)) {
			logger.warn(LogMessage.format("%s failed to observe an upload, and may do so again, which is not said here",
					observer.getName()), ex);
		}
		else {
			logger.debug(LogMessage.format("%s failed to observe an upload", observer.getName()), ex);
		}
	}

	private final class CompositeAppend implements AppendObserver {

		private final List<AppendObserver> appends;

		CompositeAppend(List<AppendObserver> appends) {
			this.appends = appends;
		}

		@Override
		public void received(int count) {
			tell(this.appends, (append) -> append.received(count));
		}

		@Override
		public Scope openScope() {
			return scope(this.appends, AppendObserver::openScope);
		}

		@Override
		public void ended(AppendOutcome outcome) {
			tell(this.appends, (append) -> append.ended(outcome));
		}

	}

	private final class CompositeDelivery implements DeliveryObserver {

		private final List<DeliveryObserver> deliveries;

		CompositeDelivery(List<DeliveryObserver> deliveries) {
			this.deliveries = deliveries;
		}

		@Override
		public Scope openScope() {
			return scope(this.deliveries, DeliveryObserver::openScope);
		}

		@Override
		public void refused(int status) {
			tell(this.deliveries, (delivery) -> delivery.refused(status));
		}

		@Override
		public void ended(Upload upload, @Nullable Throwable failure) {
			tell(this.deliveries, (delivery) -> delivery.ended(upload, failure));
		}

	}

}
