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
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import io.github.tusspring.protocol.tus.TusHeaders;
import io.github.tusspring.protocol.tus.TusOperation;
import io.github.tusspring.protocol.tus.TusProtocol;
import io.github.tusspring.protocol.tus.TusResponses;
import io.github.tusspring.upload.AppendRequest;
import io.github.tusspring.upload.AppendSession;
import io.github.tusspring.upload.Delivery;
import io.github.tusspring.upload.Download;
import io.github.tusspring.upload.InvalidUploadException;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.TooManyAppendsException;
import io.github.tusspring.upload.TooManyUploadsException;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadOutcome;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadTooLargeException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;

/**
 * Handles requests of clients: reads what they ask for, has it done and answers. Ties no
 * server to the engine, and no engine to a server. Thread-safe.
 */
public final class UploadHandler {

	private final TusProtocol protocol;

	private final UploadService service;

	private final TusUploads uploads;

	private final NewUploads newUploads;

	private final @Nullable RufhHandler rufh;

	/**
	 * Creates a handler that speaks tus alone.
	 * @param protocol reads requests
	 * @param service does what they ask for
	 * @param uploads gives access to the content of uploads
	 * @param ids makes the ids of new uploads
	 */
	public UploadHandler(TusProtocol protocol, UploadService service, TusUploads uploads, UploadIdGenerator ids) {
		this(protocol, service, uploads, ids, null);
	}

	/**
	 * Creates a handler.
	 * @param protocol reads requests of tus
	 * @param service does what they ask for
	 * @param uploads gives access to the content of uploads
	 * @param ids makes the ids of new uploads
	 * @param rufh handles requests of Resumable Uploads for HTTP, or {@code null} if none
	 * are taken
	 */
	public UploadHandler(TusProtocol protocol, UploadService service, TusUploads uploads, UploadIdGenerator ids,
			@Nullable RufhHandler rufh) {
		this.protocol = protocol;
		this.service = service;
		this.uploads = uploads;
		this.newUploads = new NewUploads(ids);
		this.rufh = rufh;
	}

	/**
	 * Handles a request. May return before it is answered.
	 * @param exchange the request
	 */
	public void handle(UploadExchange exchange) {
		if (this.service.isRemote() && !exchange.method().equals("OPTIONS")) {
			exchange.detach(() -> handleNow(exchange));
		}
		else {
			handleNow(exchange);
		}
	}

	/**
	 * Refuses a request whose path is not {@linkplain PlainPath plain}.
	 * @param exchange the request
	 */
	public void refusePath(UploadExchange exchange) {
		exchange.answer(refusals(exchange).observed(PlainPath.refusal(), RefusalReason.PROTOCOL));
	}

	/**
	 * Refuses a request whose body something else has read: nothing of it must count.
	 * @param exchange the request
	 */
	void refuseForm(UploadExchange exchange) {
		exchange.answer(refusals(exchange).failed(new InvalidUploadException("The body was read as a form already")));
	}

	private void handleNow(UploadExchange exchange) {
		String method = exchange.method();
		try (UploadObserver.Scope scope = scope(exchange.target())) {
			method = TusProtocol.method(method, exchange::header);
			if (this.rufh != null && this.rufh.requests().takes(exchange)) {
				handle(exchange, this.rufh);
				return;
			}
			boolean upload = !exchange.target().isEmpty();
			if (upload && method.equals("GET")) {
				// Whoever asks whether an upload is gone hears so, with downloads or
				// without.
				this.service.inspect(id(exchange), exchange.client());
			}
			handle(exchange,
					this.protocol.read(method, upload, exchange.contentLength(), exchange::header, exchange::location));
		}
		catch (Throwable ex) {
			Refusals refusals = refusals(exchange);
			boolean inspection = method.equals("HEAD") || (method.equals("GET") && isTus(exchange));
			exchange.answer(inspection ? refusals.inspectionFailed(ex) : refusals.failed(ex));
		}
	}

	private UploadObserver.Scope scope(String target) {
		return UploadId.isValid(target) ? this.service.observer().working(UploadId.of(target))
				: UploadObserver.Scope.NONE;
	}

	private void handle(UploadExchange exchange, RufhHandler rufh) {
		if (this.protocol.hasDownloads() && rufh.requests().isContentOf(exchange)) {
			download(exchange, id(exchange), exchange.client().withDraft());
		}
		else {
			rufh.handle(exchange);
		}
	}

	/**
	 * Returns whether a request to an endpoint of the application's own, which names no
	 * protocol, asks for one of the endpoint's uploads of Resumable Uploads for HTTP.
	 * @param method the request's method
	 * @param endpoint the endpoint's path
	 * @param lookup what follows it in the request's path
	 * @param headers gives the value of a request header or {@code null}
	 * @return {@code true} if it is ours
	 */
	public boolean finds(String method, String endpoint, UploadLookup lookup, UnaryOperator<@Nullable String> headers) {
		return this.rufh != null && this.rufh.requests().finds(method, endpoint, lookup, headers);
	}

	/**
	 * Returns whether a request to an endpoint of the application's own says itself that
	 * it is one of Resumable Uploads for HTTP. No upload is looked at.
	 * @param method the request's method
	 * @param target what follows the endpoint in the request's path: nothing or an id
	 * @param headers gives the value of a request header or {@code null}
	 * @return {@code true} if its method and headers say so
	 */
	public boolean isNamed(String method, String target, UnaryOperator<@Nullable String> headers) {
		return this.rufh != null && this.rufh.requests().isNamed(method, target, headers);
	}

	/**
	 * Returns what clients can do.
	 * @param upload whether at an upload's URL rather than at the creation URL
	 * @param headers gives the value of a request header or {@code null}
	 * @return headers of the answer to OPTIONS
	 */
	public Map<String, String> capabilities(boolean upload, UnaryOperator<@Nullable String> headers) {
		Map<String, String> capabilities = TusAnswers.of(204, this.protocol.capabilities(upload)).headers();
		if (this.rufh != null) {
			capabilities.putAll(this.rufh.capabilities(headers));
		}
		return capabilities;
	}

	private void handle(UploadExchange exchange, TusOperation operation) {
		if (operation instanceof TusOperation.Options) {
			exchange.answer(new ExchangeAnswer(204, capabilities(!exchange.target().isEmpty(), exchange::header),
					ExchangeAnswer.NO_BODY));
		}
		else if (operation instanceof TusOperation.Create create) {
			create(exchange, create);
		}
		else if (operation instanceof TusOperation.Append append) {
			append(exchange, id(exchange), append.request(),
					(appended) -> settled(exchange, appended, () -> TusAnswers::appended), null);
		}
		else if (operation instanceof TusOperation.Inspect) {
			Upload upload = this.service.inspect(id(exchange), exchange.client());
			exchange.answer(TusAnswers.of(200, TusResponses.inspected(upload)));
		}
		else if (operation instanceof TusOperation.Terminate) {
			this.service.terminate(id(exchange), exchange.client());
			exchange.answer(TusAnswers.of(204, Map.of()));
		}
		else {
			download(exchange, id(exchange), exchange.client());
		}
	}

	private static boolean isTus(UploadExchange exchange) {
		return exchange.header(TusHeaders.TUS_RESUMABLE) != null;
	}

	private Refusals refusals(UploadExchange exchange) {
		return new Refusals(this.service.observer(), exchange.client(), exchange::refusal);
	}

	private static UploadId id(UploadExchange exchange) {
		if (!UploadId.isValid(exchange.target())) {
			throw new UploadNotFoundException();
		}
		return UploadId.of(exchange.target());
	}

	private void create(UploadExchange exchange, TusOperation.Create create) {
		AppendRequest body = create.body();
		if (body != null && create.length() != null && body.contentLength() > create.length()) {
			throw new UploadTooLargeException("The body is longer than the upload");
		}
		UploadClient client = exchange.client();
		NewUpload wanted = this.newUploads.of(client,
				(asked) -> asked.length(create.length())
					.metadata(create.metadata())
					.concatenation(create.concatenation()));
		if (body != null && body.contentLength() < 0 && Objects.equals(create.length(), 0L)) {
			// Its creation will finish it: not before it is clear that nothing follows.
			exchange.transfer()
				.start(new NoBody(() -> created(exchange, this.service.create(wanted, client)), refusals(exchange)));
			return;
		}
		UploadOutcome outcome = this.service.create(wanted, client);
		UploadId id = outcome.upload().id();
		if (body == null || outcome.upload().isFull()) {
			ExchangeAnswer answer = created(exchange, outcome);
			if (answer != null) {
				exchange.answer(answer);
			}
			return;
		}
		// A client that hears of a refusal never hears of the upload.
		Runnable discard = () -> this.service.discard(id, client);
		try {
			append(exchange, id, body, (appended) -> created(exchange, appended), discard);
		}
		catch (TooManyAppendsException ex) {
			discard.run();
			throw new TooManyUploadsException(String.valueOf(ex.getMessage()));
		}
		catch (Throwable ex) {
			// The application's beans may throw anything.
			discard.run();
			throw ex;
		}
	}

	private @Nullable ExchangeAnswer created(UploadExchange exchange, UploadOutcome outcome) {
		return settled(exchange, outcome, () -> {
			String location = exchange.location(outcome.upload().id());
			return (created) -> TusAnswers.created(created, location);
		});
	}

	/**
	 * Makes the answer of what has been done to an upload, unless it is handed over now
	 * and answered later.
	 */
	private @Nullable ExchangeAnswer settled(UploadExchange exchange, UploadOutcome outcome,
			Supplier<Function<Upload, ExchangeAnswer>> answer) {
		if (!(outcome instanceof Delivery delivery)) {
			return answer.get().apply(outcome.upload());
		}
		HandOver handOver;
		HandOverAnswers answers;
		try {
			handOver = Objects.requireNonNull(exchange.handOver());
			answers = new TusHandOverAnswers(answer.get(), refusals(exchange));
		}
		catch (Throwable ex) {
			// Nobody else ends a delivery that has not begun: the upload would stay
			// locked.
			delivery.close();
			throw ex;
		}
		return handOver.begin(delivery, answers);
	}

	private void append(UploadExchange exchange, UploadId id, AppendRequest request,
			Function<UploadOutcome, @Nullable ExchangeAnswer> success, @Nullable Runnable discard) {
		BodyTransfer transfer = exchange.transfer();
		AppendSession session = this.service.append(id, request, exchange.client(), transfer::stop);
		transfer.start(new TusReceiver(session, success, discard, refusals(exchange)));
	}

	private void download(UploadExchange exchange, UploadId id, UploadClient client) {
		if (isTus(exchange)) {
			Upload upload = this.service.inspect(id, exchange.client());
			if (upload.state() != UploadState.COMPLETED || upload.isPartial()) {
				exchange.answer(TusAnswers.of(200, TusResponses.inspected(upload)));
				return;
			}
		}
		Download download = this.service.download(id, client);
		boolean sent = false;
		try {
			Resource content = this.uploads.open(id);
			if (!content.exists() || !isWhole(download.upload(), content)) {
				// The application has taken it, or something has happened to it.
				throw new UploadNotFoundException(id);
			}
			sent = true;
			exchange.send(TusAnswers.download(download.upload()), content, download::close);
		}
		finally {
			if (!sent) {
				download.close();
			}
		}
	}

	private static boolean isWhole(Upload upload, Resource content) {
		try {
			return content.contentLength() == upload.offset();
		}
		catch (IOException ex) {
			// It has been taken just now.
			return false;
		}
	}

}
