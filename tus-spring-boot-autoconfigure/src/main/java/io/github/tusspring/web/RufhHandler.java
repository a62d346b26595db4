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

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

import io.github.tusspring.protocol.rufh.InteropVersion;
import io.github.tusspring.protocol.rufh.RufhOperation;
import io.github.tusspring.protocol.rufh.RufhProtocol;
import io.github.tusspring.protocol.rufh.RufhResponse;
import io.github.tusspring.protocol.rufh.RufhResponses;
import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.AppendSession;
import io.github.tusspring.upload.Checksum;
import io.github.tusspring.upload.Delivery;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadIntent;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadOutcome;
import io.github.tusspring.upload.UploadService;
import org.jspecify.annotations.Nullable;

/**
 * Handles requests of clients that speak Resumable Uploads for HTTP. Thread-safe.
 */
public final class RufhHandler {

	private static final Runnable NOTHING = () -> {
	};

	private final RufhProtocol protocol;

	private final boolean interimResponses;

	private final Duration progressInterval;

	private final UploadService service;

	private final NewUploads newUploads;

	private final RufhRequests requests;

	/**
	 * Creates a handler.
	 * @param protocol reads requests
	 * @param interimResponses whether there are interim answers at all
	 * @param progressInterval the time between two interim answers that tell of the
	 * progress, zero for none
	 * @param service does what requests ask for
	 * @param ids makes the ids of new uploads
	 */
	public RufhHandler(RufhProtocol protocol, boolean interimResponses, Duration progressInterval,
			UploadService service, UploadIdGenerator ids) {
		this(protocol, interimResponses, progressInterval, service, new NewUploads(ids));
	}

	private RufhHandler(RufhProtocol protocol, boolean interimResponses, Duration progressInterval,
			UploadService service, NewUploads newUploads) {
		this.protocol = protocol;
		this.interimResponses = interimResponses;
		this.progressInterval = progressInterval;
		this.service = service;
		this.newUploads = newUploads;
		this.requests = new RufhRequests(protocol, service);
	}

	/**
	 * Returns the handler for an endpoint of the application's own.
	 * @param maxSize the length in bytes that an upload may have, or {@code null}
	 * @param lifetime how long an unfinished upload lives, zero for ever
	 * @return the handler there
	 */
	public RufhHandler forHandOver(@Nullable Long maxSize, Duration lifetime) {
		return new RufhHandler(this.protocol.forHandOver(maxSize, lifetime), this.interimResponses,
				this.progressInterval, this.service, this.newUploads);
	}

	/**
	 * Returns what tells this protocol's requests from all others.
	 */
	RufhRequests requests() {
		return this.requests;
	}

	Map<String, String> capabilities(UnaryOperator<@Nullable String> headers) {
		return this.protocol.capabilities(headers);
	}

	/**
	 * Handles a request. May return before it is answered.
	 * @param exchange the request
	 */
	void handle(UploadExchange exchange) {
		UploadClient client = exchange.client().withDraft();
		Refusals refusals = new Refusals(this.service.observer(), client, exchange::refusal);
		if (exchange.target().isEmpty()) {
			create(exchange, client, refusals);
			return;
		}
		RufhAnswers answers = new RufhAnswers(responses(this.protocol.version(exchange::header)), null, null,
				this.protocol.offset(exchange::header), refusals);
		String method = exchange.method();
		try {
			// For clients that can't send a PATCH, as tus has it.
			method = TusProtocol.method(method, exchange::header);
			// Before the protocol says a word about the upload.
			Upload upload = admit(exchange.lookup(), intent(method), client);
			answers = answers.of(responses(version(upload)), upload);
			handle(exchange, method, client, upload, answers);
		}
		catch (RuntimeException ex) {
			exchange.answer(method.equals("HEAD") ? answers.inspectionFailed(ex) : answers.failed(ex));
		}
	}

	private Upload admit(UploadLookup lookup, UploadIntent intent, UploadClient client) {
		if (!UploadId.isValid(lookup.target())) {
			throw new UploadNotFoundException();
		}
		return this.service.admit(UploadId.of(lookup.target()), lookup.find(this.service), intent, client);
	}

	private static UploadIntent intent(String method) {
		return switch (method) {
			case "PATCH" -> UploadIntent.APPEND;
			case "DELETE" -> UploadIntent.TERMINATE;
			default -> UploadIntent.INSPECT;
		};
	}

	private static InteropVersion version(Upload upload) {
		InteropVersion version = InteropVersion.of(upload.draft());
		return (version != null) ? version : InteropVersion.V10;
	}

	private RufhResponses responses(InteropVersion version) {
		return new RufhResponses(version, this.protocol.limits());
	}

	private void handle(UploadExchange exchange, String method, UploadClient client, Upload upload,
			RufhAnswers answers) {
		RufhOperation operation = this.protocol.read(version(upload), method, exchange.contentLength(),
				exchange::header);
		if (operation instanceof RufhOperation.Append append) {
			RufhResponse complete = answers.responses()
				.completedBefore(upload, append.request().offset(), exchange.header("Origin") != null);
			if (complete != null) {
				exchange.answer(RufhAnswers.of(complete));
				return;
			}
			append(exchange, client, upload, append.request(), answers, NOTHING);
		}
		else if (operation instanceof RufhOperation.Inspect inspect) {
			Upload inspected = this.service.inspect(upload.id(), client);
			Checksum digest = this.service.digest(inspected, inspect.digests());
			exchange.answer(RufhAnswers.of(answers.responses().inspected(inspected, digest)));
		}
		else {
			this.service.terminate(upload.id(), client);
			exchange.answer(RufhAnswers.of(answers.responses().cancelled()));
		}
	}

	private void create(UploadExchange exchange, UploadClient client, Refusals refusals) {
		RufhAnswers answers = new RufhAnswers(responses(InteropVersion.V10), null, null, null, refusals);
		try {
			RufhResponses responses = responses(this.protocol.version(exchange::header));
			answers = new RufhAnswers(responses, null, null, null, refusals);
			create(exchange, client, responses, refusals,
					this.protocol.create(exchange.contentLength(), exchange::header));
		}
		catch (RuntimeException ex) {
			exchange.answer(answers.failed(ex));
		}
	}

	private void create(UploadExchange exchange, UploadClient client, RufhResponses responses, Refusals refusals,
			RufhOperation.Create create) {
		NewUpload wanted = this.newUploads.of(client,
				(asked) -> asked.length(create.length())
					.metadata(create.metadata())
					.draft(create.version().number())
					.digest(create.digest()));
		Upload upload = this.service.create(wanted, client).upload();
		String location = exchange.location(upload.id());
		boolean known = create.resumable() && this.interimResponses
				&& exchange.inform(RufhResponses.UPLOAD_RESUMPTION_SUPPORTED, responses.announced(upload, location));
		// What its client doesn't know of is gone when it fails.
		RufhAnswers answers = new RufhAnswers(responses, known ? upload : null, create.resumable() ? location : null,
				0L, refusals);
		if (create.body() == null) {
			exchange.answer(answers.continued(upload));
			return;
		}
		Runnable forget = known ? NOTHING : () -> this.service.discard(upload.id(), client);
		try {
			append(exchange, client, upload, create.body(), answers, forget);
		}
		catch (Throwable ex) {
			// The application's beans may throw anything.
			forget.run();
			throw ex;
		}
	}

	private void append(UploadExchange exchange, UploadClient client, Upload upload, AppendRequest request,
			RufhAnswers answers, Runnable forget) {
		boolean last = Objects.requireNonNull(request.completion()).last();
		BodyTransfer transfer = exchange.transfer();
		AppendSession session = this.service.append(upload.id(), request, client, transfer::stop);
		RufhResponses responses = answers.responses();
		boolean told = this.interimResponses && answers.upload() != null && responses.version().hasProgress()
				&& this.protocol.isSpoken(responses.version(), exchange::header);
		RufhReceiver.Progress progress = new RufhReceiver.Progress(told ? this.progressInterval : Duration.ZERO,
				request.offset(),
				(offset) -> exchange.inform(RufhResponses.UPLOAD_RESUMPTION_SUPPORTED, responses.progressed(offset)));
		transfer.start(new RufhReceiver(session, (outcome) -> settled(exchange, outcome, last, answers), answers,
				progress, forget));
	}

	/**
	 * Makes the answer of what has been done to an upload, unless it is handed over now
	 * and answered later.
	 */
	private static @Nullable ExchangeAnswer settled(UploadExchange exchange, UploadOutcome outcome, boolean last,
			RufhAnswers answers) {
		if (outcome instanceof Delivery delivery) {
			return Objects.requireNonNull(exchange.handOver()).begin(delivery, answers);
		}
		return last ? answers.taken(outcome.upload()) : answers.continued(outcome.upload());
	}

}
