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

package io.github.tusspring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.StorageOperation;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorageException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Counts and times what happens to uploads: the meters of {@link TusMeter} that don't
 * depend on the storage's kind.
 */
public final class UploadMetrics implements UploadObserver {

	private static final int NO_SPACE = 507;

	private final RecentAppends recent = new RecentAppends();

	private final AtomicInteger active = new AtomicInteger();

	private final MeterRegistry registry;

	private final EndpointRules endpoints;

	/**
	 * Creates an instance.
	 * @param registry keeps the meters
	 * @param endpoints knows the endpoints' paths
	 */
	public UploadMetrics(MeterRegistry registry, EndpointRules endpoints) {
		this(registry, endpoints, false);
	}

	/**
	 * Creates an instance.
	 * @param registry keeps the meters
	 * @param endpoints knows the endpoints' paths
	 * @param rufh whether clients may speak Resumable Uploads for HTTP, too
	 */
	public UploadMetrics(MeterRegistry registry, EndpointRules endpoints, boolean rufh) {
		this.registry = registry;
		this.endpoints = endpoints;
		Gauge.builder(TusMeter.APPENDS_ACTIVE.meterName(), this.active, AtomicInteger::get)
			.tags(MeterTags.GAUGE)
			.description("Appends that run now")
			.register(registry);
		List<String> paths = Stream.concat(Stream.of(EndpointRules.DEFAULT), endpoints.paths().stream()).toList();
		prepare(paths, MeterTags.TUS);
		if (rufh) {
			prepare(paths, MeterTags.RUFH);
		}
	}

	/**
	 * Lets counters begin at 0, so that the first event is seen as one.
	 */
	private void prepare(Collection<String> endpoints, String protocol) {
		for (String endpoint : endpoints) {
			Tags tags = MeterTags.of(endpoint, protocol);
			Stream
				.of(TusMeter.UPLOADS_STARTED, TusMeter.UPLOADS_COMPLETED, TusMeter.UPLOADS_REJECTED,
						TusMeter.UPLOADS_TERMINATED, TusMeter.UPLOADS_EXPIRED, TusMeter.UPLOADS_RESUMED,
						TusMeter.BYTES_RECEIVED, TusMeter.CHECKSUM_MISMATCHES, TusMeter.TAKEOVERS)
				.forEach((meter) -> counter(meter, tags));
			Arrays.stream(AppendOutcome.values())
				.filter(AppendOutcome::isInterrupted)
				.forEach((outcome) -> interrupted(tags, outcome));
			refusals(tags, NO_SPACE, RefusalReason.NO_SPACE);
		}
	}

	private Counter counter(TusMeter meter, Tags tags) {
		return Counter.builder(meter.meterName()).tags(tags).baseUnit(meter.baseUnit()).register(this.registry);
	}

	private Counter interrupted(Tags tags, AppendOutcome outcome) {
		return counter(TusMeter.APPENDS_INTERRUPTED, tags.and(TusMeterTag.REASON.key(), MeterTags.reason(outcome)));
	}

	private Timer timer(TusMeter meter, Tags tags) {
		return Timer.builder(meter.meterName()).tags(tags).register(this.registry);
	}

	private Tags tags(Upload upload) {
		return MeterTags.of(this.endpoints.template(upload.endpoint(), upload.endpointPattern()),
				MeterTags.protocol(upload));
	}

	@Override
	public void created(Upload upload) {
		counter(TusMeter.UPLOADS_STARTED, tags(upload)).increment();
	}

	@Override
	public void terminated(Upload upload) {
		this.recent.remove(upload.id());
		counter(TusMeter.UPLOADS_TERMINATED, tags(upload)).increment();
	}

	@Override
	public void rejected(Upload upload) {
		this.recent.remove(upload.id());
		counter(TusMeter.UPLOADS_REJECTED, tags(upload)).increment();
	}

	@Override
	public void expired(Upload upload) {
		this.recent.remove(upload.id());
		counter(TusMeter.UPLOADS_EXPIRED, tags(upload)).increment();
	}

	@Override
	public void refused(UploadClient client, int status, RefusalReason reason) {
		refused(MeterTags.of(this.endpoints.template(client.endpoint(), client.endpointPattern()),
				MeterTags.protocol(client)), status, reason);
	}

	private void refused(Tags tags, int status, RefusalReason reason) {
		refusals(tags, status, reason).increment();
	}

	private Counter refusals(Tags tags, int status, RefusalReason reason) {
		return counter(TusMeter.REFUSALS, tags.and(TusMeterTag.STATUS.key(), Integer.toString(status))
			.and(TusMeterTag.REASON.key(), TusMeterTag.value(reason)));
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		Tags tags = tags(upload);
		this.active.incrementAndGet();
		if (this.recent.isResumed(upload)) {
			counter(TusMeter.UPLOADS_RESUMED, tags).increment();
		}
		return new Append(upload, tags);
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		return new Delivery(tags(upload));
	}

	@Override
	public void lockAwaited(UploadId id, Duration waited, boolean locked) {
		timer(TusMeter.LOCK_WAIT, MeterTags.COMMON.and(TusMeterTag.OUTCOME.key(), locked ? "success" : "locked"))
			.record(waited);
	}

	@Override
	public StorageCallObserver storageCalled(StorageOperation operation, @Nullable UploadId id) {
		long begin = System.nanoTime();
		return (failure) -> timer(TusMeter.STORAGE,
				MeterTags.COMMON.and(TusMeterTag.OPERATION.key(), TusMeterTag.value(operation))
					.and(TusMeterTag.OUTCOME.key(), outcome(failure)))
			.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
	}

	private static String outcome(@Nullable Throwable failure) {
		if (failure == null) {
			return "success";
		}
		boolean refused = failure instanceof UploadException && !(failure instanceof UploadStorageException)
				&& !(failure instanceof InsufficientStorageException);
		return refused ? "refused" : "error";
	}

	private final class Append implements AppendObserver {

		private final long begin = System.nanoTime();

		private final Upload upload;

		private final Tags tags;

		private final Counter bytes;

		private Append(Upload upload, Tags tags) {
			this.upload = upload;
			this.tags = tags;
			this.bytes = counter(TusMeter.BYTES_RECEIVED, tags);
		}

		@Override
		public void received(int count) {
			this.bytes.increment(count);
		}

		@Override
		public void ended(AppendOutcome outcome) {
			UploadMetrics.this.active.decrementAndGet();
			UploadMetrics.this.recent.ended(this.upload.id(), outcome);
			timer(TusMeter.APPEND, this.tags.and(TusMeterTag.OUTCOME.key(), MeterTags.outcome(outcome)))
				.record(System.nanoTime() - this.begin, TimeUnit.NANOSECONDS);
			if (outcome.isInterrupted()) {
				interrupted(this.tags, outcome).increment();
			}
			if (outcome == AppendOutcome.TAKEN_OVER) {
				counter(TusMeter.TAKEOVERS, this.tags).increment();
			}
			if (outcome == AppendOutcome.CHECKSUM_MISMATCH) {
				counter(TusMeter.CHECKSUM_MISMATCHES, this.tags).increment();
			}
		}

	}

	private final class Delivery implements DeliveryObserver {

		private final long begin = System.nanoTime();

		private final Tags tags;

		private Delivery(Tags tags) {
			this.tags = tags;
		}

		@Override
		public void refused(int status) {
			UploadMetrics.this.refused(this.tags, status, RefusalReason.REJECTED);
		}

		@Override
		public void ended(Upload upload, @Nullable Throwable failure) {
			String kind = (upload.endpoint() != null) ? "endpoint" : "event";
			timer(TusMeter.DELIVERY,
					this.tags.and(TusMeterTag.OUTCOME.key(), outcome(upload.state())).and(TusMeterTag.KIND.key(), kind))
				.record(System.nanoTime() - this.begin, TimeUnit.NANOSECONDS);
			if (upload.state() == UploadState.COMPLETED) {
				UploadMetrics.this.recent.remove(upload.id());
				counter(TusMeter.UPLOADS_COMPLETED, this.tags).increment();
				timer(TusMeter.UPLOAD, this.tags).record(Duration.between(upload.created(), Instant.now()));
			}
			else if (upload.state() == UploadState.REJECTED) {
				counter(TusMeter.UPLOADS_REJECTED, this.tags).increment();
			}
		}

		private static String outcome(UploadState state) {
			return switch (state) {
				case COMPLETED -> "completed";
				case REJECTED -> "rejected";
				default -> "failed";
			};
		}

	}

}
