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

package io.github.tusspring.observation;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.ClientDeniedException;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.StorageCallOutcome;
import io.github.tusspring.upload.StorageOperation;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadState;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.core.Ordered;

/**
 * Observes appends, deliveries and calls of the storage. What an append goes on to in
 * another thread is observed as a part of it.
 */
public final class UploadObservations implements UploadObserver, Ordered {

	private final ObservationRegistry registry;

	private final EndpointRules endpoints;

	private final UploadObservationConvention convention;

	/**
	 * Creates an instance.
	 * @param registry keeps the observations
	 * @param endpoints knows the endpoints' paths
	 * @param convention names the observations
	 */
	public UploadObservations(ObservationRegistry registry, EndpointRules endpoints,
			UploadObservationConvention convention) {
		this.registry = registry;
		this.endpoints = endpoints;
		this.convention = convention;
	}

	@Override
	public int getOrder() {
		// Others may look at the trace.
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		UploadObservationContext context = context(UploadObservation.APPEND, upload);
		Observation observation = start(context);
		return new AppendObserver() {

			@Override
			public Scope openScope() {
				return observation.openScope()::close;
			}

			@Override
			public void ended(AppendOutcome outcome) {
				context.outcome(outcome);
				observation.stop();
			}

		};
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		UploadObservationContext context = context(UploadObservation.DELIVERY, upload);
		Observation observation = start(context);
		return new DeliveryObserver() {

			@Override
			public Scope openScope() {
				return observation.openScope()::close;
			}

			@Override
			public void ended(Upload upload, @Nullable Throwable failure) {
				boolean denied = failure instanceof ClientDeniedException;
				context.outcome((upload.state() != UploadState.FINISHING) ? upload.state()
						: denied ? Outcome.DENIED : Outcome.FAILED);
				if (failure != null && !denied) {
					observation.error(failure);
				}
				observation.stop();
			}

		};
	}

	@Override
	public StorageCallObserver storageCalled(StorageOperation operation, @Nullable UploadId id) {
		if (this.registry.getCurrentObservation() == null) {
			// A pass through all uploads would make a trace of each call.
			return StorageCallObserver.NONE;
		}
		UploadObservationContext context = new UploadObservationContext(operation, id, EndpointRules.DEFAULT);
		Observation observation = start(context);
		return (failure) -> {
			StorageCallOutcome outcome = StorageCallOutcome.of(failure);
			context.outcome(outcome);
			if (failure != null && outcome == StorageCallOutcome.ERROR) {
				observation.error(failure);
			}
			observation.stop();
		};
	}

	private UploadObservationContext context(UploadObservation kind, Upload upload) {
		return new UploadObservationContext(kind, upload,
				this.endpoints.template(upload.endpoint(), upload.endpointPattern()));
	}

	private Observation start(UploadObservationContext context) {
		Observation observation = Observation.createNotStarted(context.kind().getName(), () -> context, this.registry);
		return observation.observationConvention(this.convention).start();
	}

	private enum Outcome {

		DENIED, FAILED

	}

}
