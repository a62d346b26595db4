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
import io.github.tusspring.upload.ClientDeniedException;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.StorageCallOutcome;
import io.github.tusspring.upload.StorageOperation;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
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

	private final UploadMeters meters;

	private final EndpointRules endpoints;

	/**
	 * Creates an instance.
	 * @param registry keeps the meters
	 * @param endpoints knows the endpoints' paths
	 * @param rufh whether clients may speak Resumable Uploads for HTTP, too
	 */
	public UploadMetrics(MeterRegistry registry, EndpointRules endpoints, boolean rufh) {
		this.meters = new UploadMeters(registry);
		this.endpoints = endpoints;
		Gauge.builder(TusMeter.APPENDS_ACTIVE.meterName(), this.active, AtomicInteger::get)
			.tags(MeterSource.ANY.tags())
			.description("Appends that run now")
			.register(registry);
		List<String> paths = Stream.concat(Stream.of(EndpointRules.DEFAULT), endpoints.paths().stream()).toList();
		prepare(paths, MeterSource.TUS);
		if (rufh) {
			prepare(paths, MeterSource.RUFH);
		}
	}

	/**
	 * Lets counters begin at 0, so that the first event is seen as one.
	 */
	private void prepare(Collection<String> endpoints, String protocol) {
		for (String endpoint : endpoints) {
			MeterSource source = new MeterSource(endpoint, protocol);
			Stream
				.of(TusMeter.UPLOADS_STARTED, TusMeter.UPLOADS_COMPLETED, TusMeter.UPLOADS_REJECTED,
						TusMeter.UPLOADS_TERMINATED, TusMeter.UPLOADS_EXPIRED, TusMeter.UPLOADS_RESUMED,
						TusMeter.BYTES_RECEIVED, TusMeter.CHECKSUM_MISMATCHES, TusMeter.TAKEOVERS)
				.forEach((meter) -> counter(meter, source));
			Arrays.stream(AppendOutcome.values())
				.filter(AppendOutcome::isInterrupted)
				.forEach((outcome) -> interrupted(source, outcome));
			refusals(source, NO_SPACE, RefusalReason.NO_SPACE);
		}
	}

	private Counter interrupted(MeterSource source, AppendOutcome outcome) {
		return counter(TusMeter.APPENDS_INTERRUPTED, source, MeterTags.reason(outcome));
	}

	private Counter refusals(MeterSource source, int status, RefusalReason reason) {
		return counter(TusMeter.REFUSALS, source, status, reason);
	}

	private Counter counter(TusMeter meter, MeterSource source, Object... values) {
		return this.meters.counter(meter, source, values);
	}

	private Timer timer(TusMeter meter, MeterSource source, Object... values) {
		return this.meters.timer(meter, source, values);
	}

	private void count(TusMeter meter, Upload upload) {
		count(meter, source(upload));
	}

	private void count(TusMeter meter, MeterSource source) {
		counter(meter, source).increment();
	}

	private MeterSource source(Upload upload) {
		return MeterSource.of(upload, this.endpoints);
	}

	@Override
	public void created(Upload upload) {
		count(TusMeter.UPLOADS_STARTED, upload);
	}

	@Override
	public void terminated(Upload upload) {
		this.recent.remove(upload.id());
		count(TusMeter.UPLOADS_TERMINATED, upload);
	}

	@Override
	public void rejected(Upload upload) {
		this.recent.remove(upload.id());
		count(TusMeter.UPLOADS_REJECTED, upload);
	}

	@Override
	public void expired(Upload upload) {
		this.recent.remove(upload.id());
		count(TusMeter.UPLOADS_EXPIRED, upload);
	}

	@Override
	public void refused(UploadClient client, int status, RefusalReason reason) {
		refusals(MeterSource.of(client, this.endpoints), status, reason).increment();
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		MeterSource source = source(upload);
		this.active.incrementAndGet();
		if (this.recent.isResumed(upload)) {
			count(TusMeter.UPLOADS_RESUMED, source);
		}
		return new Append(upload, source);
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		return new Delivery(source(upload));
	}

	@Override
	public void lockAwaited(UploadId id, Duration waited, boolean locked) {
		timer(TusMeter.LOCK_WAIT, MeterSource.ANY, locked ? "success" : "locked").record(waited);
	}

	@Override
	public StorageCallObserver storageCalled(StorageOperation operation, @Nullable UploadId id) {
		long begin = System.nanoTime();
		return (failure) -> timer(TusMeter.STORAGE, MeterSource.ANY, operation, StorageCallOutcome.of(failure))
			.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
	}

	private final class Append implements AppendObserver {

		private final long begin = System.nanoTime();

		private final Upload upload;

		private final MeterSource source;

		private final Counter bytes;

		private Append(Upload upload, MeterSource source) {
			this.upload = upload;
			this.source = source;
			this.bytes = counter(TusMeter.BYTES_RECEIVED, source);
		}

		@Override
		public void received(int count) {
			this.bytes.increment(count);
		}

		@Override
		public void ended(AppendOutcome outcome) {
			UploadMetrics.this.active.decrementAndGet();
			UploadMetrics.this.recent.ended(this.upload.id(), outcome);
			timer(TusMeter.APPEND, this.source, MeterTags.outcome(outcome)).record(System.nanoTime() - this.begin,
					TimeUnit.NANOSECONDS);
			if (outcome.isInterrupted()) {
				interrupted(this.source, outcome).increment();
			}
			if (outcome == AppendOutcome.TAKEN_OVER) {
				count(TusMeter.TAKEOVERS, this.source);
			}
			if (outcome == AppendOutcome.CHECKSUM_MISMATCH) {
				count(TusMeter.CHECKSUM_MISMATCHES, this.source);
			}
		}

	}

	private final class Delivery implements DeliveryObserver {

		private final long begin = System.nanoTime();

		private final MeterSource source;

		private Delivery(MeterSource source) {
			this.source = source;
		}

		@Override
		public void refused(int status) {
			refusals(this.source, status, RefusalReason.REJECTED).increment();
		}

		@Override
		public void ended(Upload upload, @Nullable Throwable failure) {
			String kind = (upload.endpoint() != null) ? "endpoint" : "event";
			timer(TusMeter.DELIVERY, this.source, outcome(upload.state(), failure), kind)
				.record(System.nanoTime() - this.begin, TimeUnit.NANOSECONDS);
			if (upload.state() == UploadState.COMPLETED) {
				UploadMetrics.this.recent.remove(upload.id());
				count(TusMeter.UPLOADS_COMPLETED, this.source);
				timer(TusMeter.UPLOAD, this.source).record(Duration.between(upload.created(), Instant.now()));
			}
			else if (upload.state() == UploadState.REJECTED) {
				count(TusMeter.UPLOADS_REJECTED, this.source);
			}
		}

		private static String outcome(UploadState state, @Nullable Throwable failure) {
			return switch (state) {
				case COMPLETED -> "completed";
				case REJECTED -> "rejected";
				default -> (failure instanceof ClientDeniedException) ? "denied" : "failed";
			};
		}

	}

}
