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
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Many observers as one.
 *
 * @param observers the observers
 */
record CompositeUploadObserver(List<UploadObserver> observers) implements UploadObserver {

	@Override
	public boolean observesCalls() {
		return this.observers.stream().anyMatch(UploadObserver::observesCalls);
	}

	@Override
	public void created(Upload upload) {
		each((observer) -> observer.created(upload));
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		List<AppendObserver> appends = all((observer) -> observer.appendBegan(upload), AppendObserver.NONE);
		return (appends.size() > 1) ? new CompositeAppend(appends)
				: appends.isEmpty() ? AppendObserver.NONE : appends.get(0);
	}

	@Override
	public void waiting(Upload upload) {
		each((observer) -> observer.waiting(upload));
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		return new CompositeDelivery(all((observer) -> observer.deliveryBegan(upload), DeliveryObserver.NONE));
	}

	@Override
	public void terminated(Upload upload) {
		each((observer) -> observer.terminated(upload));
	}

	@Override
	public void expired(Upload upload) {
		each((observer) -> observer.expired(upload));
	}

	@Override
	public void refused(UploadClient client, int status, RefusalReason reason) {
		each((observer) -> observer.refused(client, status, reason));
	}

	@Override
	public void lockAwaited(UploadId id, Duration waited, boolean locked) {
		each((observer) -> observer.lockAwaited(id, waited, locked));
	}

	@Override
	public StorageCallObserver storageCalled(StorageOperation operation, @Nullable UploadId id) {
		List<StorageCallObserver> calls = all((observer) -> observer.storageCalled(operation, id),
				StorageCallObserver.NONE);
		return (failure) -> calls.forEach((call) -> call.ended(failure));
	}

	@Override
	public Scope working(UploadId id) {
		return scope(this.observers, (observer) -> observer.working(id));
	}

	private void each(Consumer<UploadObserver> call) {
		this.observers.forEach(call);
	}

	private <T> List<T> all(Function<UploadObserver, T> call, T none) {
		List<T> results = new ArrayList<>(this.observers.size());
		for (UploadObserver observer : this.observers) {
			T result = call.apply(observer);
			if (result != none) {
				results.add(result);
			}
		}
		return results;
	}

	/**
	 * Opens a scope of each, which are closed in the opposite order.
	 */
	private static <T> Scope scope(List<T> openers, Function<T, Scope> open) {
		List<Scope> scopes = new ArrayList<>(openers.size());
		for (T opener : openers) {
			scopes.add(open.apply(opener));
		}
		return () -> {
			for (int i = scopes.size() - 1; i >= 0; i--) {
				scopes.get(i).close();
			}
		};
	}

	private record CompositeAppend(List<AppendObserver> appends) implements AppendObserver {

		@Override
		public void received(int count) {
			for (AppendObserver append : this.appends) {
				append.received(count);
			}
		}

		@Override
		public Scope openScope() {
			return scope(this.appends, AppendObserver::openScope);
		}

		@Override
		public void ended(AppendOutcome outcome) {
			this.appends.forEach((append) -> append.ended(outcome));
		}

	}

	private record CompositeDelivery(List<DeliveryObserver> deliveries) implements DeliveryObserver {

		@Override
		public Scope openScope() {
			return scope(this.deliveries, DeliveryObserver::openScope);
		}

		@Override
		public void refused(int status) {
			this.deliveries.forEach((delivery) -> delivery.refused(status));
		}

		@Override
		public void ended(Upload upload, @Nullable Throwable failure) {
			this.deliveries.forEach((delivery) -> delivery.ended(upload, failure));
		}

	}

}
