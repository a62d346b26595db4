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

package io.github.tusspring.web.endpoint;

import java.io.IOException;
import java.security.Principal;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

import io.github.tusspring.upload.ClientDeniedException;
import io.github.tusspring.upload.Delivery;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.web.ExchangeAnswer;
import io.github.tusspring.web.HandOverAnswers;
import io.github.tusspring.web.RequestObservation;
import io.github.tusspring.web.RequestSender;
import io.github.tusspring.web.SenderContext;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.web.HttpMediaTypeException;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The call of an endpoint's handler with a full upload, from the dispatch of the request
 * to the answer. What the handler says becomes the delivery's outcome and is stored
 * before the client hears it: a status of the 2xx or 3xx family takes the upload, one of
 * the 4xx family refuses it, everything else is a failure, and so is an exception,
 * whatever success is made of it. What anybody else says on the way to the handler is a
 * failure, too: whatever its status, the client hears it, and the upload stays. A handler
 * may be asynchronous and end in another thread.
 */
final class HandlerCall implements AsyncListener {

	/**
	 * The request attribute that has the call.
	 */
	static final String ATTRIBUTE = HandlerCall.class.getName();

	private static final Log logger = LogFactory.getLog(HandlerCall.class);

	private final Delivery delivery;

	private final HandOverAnswers answers;

	private final HandlerRequest request;

	private final HandlerResponse response;

	private final RequestSender sender;

	private Stage stage = Stage.ON_THE_WAY;

	private @Nullable Verdict verdict;

	private @Nullable UploadRejectedException rejection;

	private @Nullable Throwable raised;

	private int errorSent;

	private boolean settled;

	private boolean replaced;

	private boolean ended;

	private boolean forwarding;

	HandlerCall(Delivery delivery, HandOverAnswers answers, HandlerRequest request, HandlerResponse response,
			RequestSender sender) {
		this.delivery = delivery;
		this.answers = answers;
		this.request = request;
		this.response = response;
		this.sender = sender;
	}

	HandlerRequest request() {
		return this.request;
	}

	HandlerResponse response() {
		return this.response;
	}

	@Nullable Principal principal() {
		return this.sender.principal();
	}

	/**
	 * Watches an asynchronous phase of the request.
	 */
	AsyncContext watch(AsyncContext context) {
		context.addListener(this);
		return new HandlerAsyncContext(context, this);
	}

	/**
	 * Sends the request on its way to the handler, or on its way back to it. It goes as
	 * the sender that the filters have let in: whether a session has ended or a filter
	 * leaves out dispatches makes no difference.
	 */
	void dispatch(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		this.request.dispatched();
		reach(Stage.ON_THE_WAY);
		try (SenderContext.Bound bound = this.sender.bind(request);
				UploadObserver.Scope scope = this.delivery.observer().openScope();
				UploadObserver.Scope pattern = RequestObservation.keepPattern(this.request)) {
			chain.doFilter(request, response);
		}
		catch (IOException | ServletException | RuntimeException | Error ex) {
			if (failed(ex)) {
				return;
			}
			throw ex;
		}
		if (!this.request.goesOn()) {
			handled();
		}
	}

	/**
	 * Sends the request to the handler in the thread that has come with it.
	 */
	void forward(String path) throws IOException, ServletException {
		this.forwarding = true;
		try {
			dispatch(this.request, this.response,
					(request, response) -> request.getRequestDispatcher(path).forward(request, response));
		}
		finally {
			this.forwarding = false;
		}
	}

	/**
	 * Whether a request is being forwarded to the handler, rather than by it.
	 */
	boolean isForwarding() {
		return this.forwarding;
	}

	/**
	 * The request was forwarded. It is answered before it comes back, since some
	 * containers take no word after that.
	 */
	void arriveForwarded(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		this.forwarding = false;
		arrive(request, response, chain);
		if (!this.request.goesOn()) {
			handled();
		}
	}

	/**
	 * The handler, or somebody on the way to it, has forwarded the request to a page,
	 * which has the last word. It is answered before it comes back, too.
	 */
	void forwarded(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		chain.doFilter(request, response);
		if (!this.request.goesOn()) {
			judge((HttpServletResponse) response);
			handled();
		}
	}

	/**
	 * All filters have let the request pass.
	 */
	void arrive(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		reach(Stage.AT_THE_SERVLET);
		// Once more, since filters have opened the scope of the request's observation.
		try (UploadObserver.Scope scope = this.delivery.observer().openScope()) {
			chain.doFilter(request, response);
		}
		catch (IOException | ServletException | RuntimeException | Error ex) {
			thrown(ex);
			throw ex;
		}
		if (!this.request.goesOn()) {
			judge((HttpServletResponse) response);
		}
	}

	/**
	 * Spring MVC looks for the handler, or for that of a page to which somebody on the
	 * way has forwarded the request.
	 * @return whether it is the handler for which it looks
	 */
	synchronized boolean search() {
		boolean expected = this.stage == Stage.AT_THE_SERVLET;
		if (expected) {
			reach(Stage.AMONG_INTERCEPTORS);
		}
		return expected;
	}

	/**
	 * All interceptors have let the request pass.
	 */
	void enter() {
		reach(Stage.AT_THE_HANDLER);
	}

	private synchronized void reach(Stage stage) {
		this.stage = stage;
	}

	/**
	 * Decides what becomes of the upload, by what was said so far: what filters say
	 * afterwards, on the way back, changes nothing.
	 * @param response what the handler has spoken to: a filter's may keep an error to
	 * itself until the filter is left, as it is done where the application is a WAR
	 */
	private synchronized void judge(HttpServletResponse response) {
		if (this.verdict == null) {
			int status = Math.max(said(), response.getStatus());
			this.verdict = new Verdict(outcome(status), status, failure(status));
		}
	}

	private int said() {
		return (this.errorSent != 0) ? this.errorSent : this.response.getStatus();
	}

	private boolean isTurnOfHandler() {
		return (this.stage == Stage.AT_THE_SERVLET && !isUnwatched()) || this.stage == Stage.AT_THE_HANDLER;
	}

	/**
	 * Whether a servlet of Spring MVC's has the request that didn't ask our mapping: what
	 * it says may be its interceptors' word.
	 */
	private boolean isUnwatched() {
		return this.stage == Stage.AT_THE_SERVLET
				&& this.request.getAttribute(DispatcherServlet.WEB_APPLICATION_CONTEXT_ATTRIBUTE) != null;
	}

	private Throwable failure(int status) {
		Throwable resolved = resolved();
		// Spring MVC has found no handler for what the request asks for.
		boolean lost = resolved instanceof ServletException;
		boolean denied = isOfTheClient(resolved) || (!isTurnOfHandler() && !lost && status >= 300 && status < 500);
		return denied ? new ClientDeniedException(reason(status)) : new IllegalStateException(reason(status));
	}

	private String reason(int status) {
		if (isUnwatched()) {
			return "Status " + status + " of a DispatcherServlet that has 'detectAllHandlerMappings' off, "
					+ "so that nobody knows who says it";
		}
		return "Status " + status + (isTurnOfHandler() ? "" : " on the way to the handler");
	}

	private Outcome outcome(int status) {
		if (!isTurnOfHandler()) {
			return Outcome.FAILED;
		}
		Throwable resolved = resolved();
		this.rejection = rejection(resolved);
		if (this.rejection != null) {
			return Outcome.REFUSED;
		}
		if (status >= 500 || (resolved != null && status < 400) || isOfTheWay(resolved)) {
			return Outcome.FAILED;
		}
		return (status >= 400) ? Outcome.REFUSED : Outcome.TAKEN;
	}

	/**
	 * Returns what Spring MVC, or one of the application's handlers of exceptions, has
	 * made an answer of.
	 */
	private @Nullable Throwable resolved() {
		if (this.raised != null) {
			return this.raised;
		}
		// Of a servlet that asks no resolvers but its own.
		Object resolved = this.request.getAttribute(DispatcherServlet.EXCEPTION_ATTRIBUTE);
		return (resolved instanceof Throwable ex) ? ex : null;
	}

	/**
	 * The handler, or what is on the way to it in Spring MVC, has thrown an exception, of
	 * which somebody may make an answer now.
	 */
	synchronized void raised(Throwable failure) {
		this.raised = failure;
	}

	/**
	 * Whether an exception is not the handler's, though it was its turn: method security
	 * comes before its first line, content negotiation before or after it, and a client
	 * may leave while an asynchronous one works.
	 */
	private boolean isOfTheWay(@Nullable Throwable failure) {
		return isOfTheClient(failure) || hasCause(failure, this.sender::isOutage);
	}

	/**
	 * Whether an exception is no failure of the application's.
	 */
	private boolean isOfTheClient(@Nullable Throwable failure) {
		return hasCause(failure, (ex) -> ex instanceof HttpMediaTypeException
				|| ex instanceof AsyncRequestNotUsableException || this.sender.isDenial(ex));
	}

	private static boolean hasCause(@Nullable Throwable failure, Predicate<Throwable> cause) {
		for (Throwable ex = failure; ex != null; ex = ex.getCause()) {
			if (cause.test(ex)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * The handler, or something behind the filters, has thrown an exception.
	 */
	private synchronized void thrown(Throwable failure) {
		if (this.verdict == null) {
			this.rejection = rejection(failure);
			this.verdict = new Verdict((this.rejection != null) ? Outcome.REFUSED : Outcome.FAILED, 0,
					isOfTheClient(failure) ? new ClientDeniedException(failure.getClass().getName()) : failure);
		}
	}

	/**
	 * The handler has said all that it has to say.
	 */
	void handled() {
		// Before the lock: whoever writes has the writer's, and may wait for ours.
		this.response.flushWriter();
		finish();
	}

	private synchronized void finish() {
		if (this.ended) {
			return;
		}
		try {
			settle(true);
		}
		finally {
			end();
		}
		sendHeld();
	}

	private void sendHeld() {
		try {
			this.response.sendHeld();
		}
		catch (IOException ex) {
			logger.debug(LogMessage.format("An answer could not be sent: %s", ex));
		}
	}

	/**
	 * More was said than can be stored.
	 */
	synchronized void overflow() {
		settle(false);
		if (this.replaced) {
			sendHeld();
			this.response.end();
		}
	}

	/**
	 * An error page is going to be asked for: afterwards some containers take no header.
	 */
	synchronized void errorComes(int status) {
		Outcome outcome = (this.verdict != null) ? this.verdict.outcome() : outcome(status);
		if (outcome == Outcome.FAILED) {
			sayThatItGoesOn();
		}
	}

	/**
	 * An error page was asked for.
	 */
	synchronized void errorSent(int status) {
		this.errorSent = status;
	}

	private void settle(boolean whole) {
		if (this.settled) {
			return;
		}
		this.settled = true;
		judge(this.response);
		try {
			conclude(whole);
		}
		catch (RuntimeException | Error ex) {
			// Nobody must think that what isn't stored was done.
			say(this.answers
				.failed((ex instanceof RuntimeException failure) ? failure : new IllegalStateException(ex)));
		}
	}

	private void conclude(boolean whole) {
		Verdict verdict = Objects.requireNonNull(this.verdict);
		// What the client is going to hear, if filters have changed it since.
		int said = said();
		switch (verdict.outcome()) {
			case TAKEN -> take(verdict.status(), whole);
			case REFUSED -> {
				this.delivery.reject();
				if (this.rejection != null) {
					refuse(this.rejection, said);
				}
			}
			case FAILED -> {
				Map<String, String> headers = fail(verdict.failure());
				if (said < 300) {
					// Nobody must think that the upload was taken.
					say(new ExchangeAnswer(HttpServletResponse.SC_INTERNAL_SERVER_ERROR, headers, new byte[0]));
				}
			}
		}
	}

	/**
	 * Ends the delivery as one that has failed, and says what the protocol wants to be
	 * said of an upload that goes on.
	 * @return what is said
	 */
	private Map<String, String> fail(Throwable failure) {
		this.delivery.fail(failure);
		return sayThatItGoesOn();
	}

	private Map<String, String> sayThatItGoesOn() {
		Map<String, String> headers = this.answers.headers(this.delivery.upload());
		headers.forEach((name, value) -> {
			if (!this.response.containsHeader(name)) {
				this.response.setHeader(name, value);
			}
		});
		return headers;
	}

	private void refuse(UploadRejectedException rejection, int said) {
		if (said < 400 || said >= 500) {
			say(this.answers.failed(rejection));
		}
		else {
			// The application has said it in words of its own.
			this.delivery.observer().refused(said);
		}
	}

	private void take(int status, boolean whole) {
		UploadAnswer handlers = HandlerAnswer.of(this.response, status, whole, this.answers.redirects());
		ExchangeAnswer protocols = this.answers.taken(this.delivery.succeed(handlers));
		if (this.errorSent != 0) {
			return;
		}
		Map<String, String> own = handlers.headers();
		this.response.setStatus(protocols.status());
		protocols.headers().forEach((name, value) -> {
			if (!value.equals(own.get(name))) {
				this.response.setHeader(name, value);
			}
		});
	}

	/**
	 * An exception has come back through all filters.
	 * @return whether the client has got its answer
	 */
	synchronized boolean failed(Throwable failure) {
		if (this.ended) {
			return false;
		}
		thrown(failure);
		Verdict verdict = Objects.requireNonNull(this.verdict);
		UploadRejectedException rejection = rejection(failure);
		RuntimeException reason = rejection;
		try {
			if (!this.settled) {
				this.settled = true;
				switch (verdict.outcome()) {
					case TAKEN -> this.delivery
						.succeed(HandlerAnswer.of(this.response, verdict.status(), false, this.answers.redirects()));
					case REFUSED -> this.delivery.reject();
					case FAILED -> fail(verdict.failure());
				}
			}
		}
		catch (RuntimeException ex) {
			reason = ex;
			failure.addSuppressed(ex);
		}
		finally {
			end();
		}
		if (rejection == null || verdict.outcome() != Outcome.REFUSED) {
			this.response.discard();
			return false;
		}
		say(this.answers.failed(reason));
		sendHeld();
		return true;
	}

	/**
	 * Says something in place of all that was said.
	 */
	private void say(ExchangeAnswer words) {
		this.replaced = true;
		try {
			this.response.reset();
			this.response.setStatus(words.status());
			words.headers().forEach(this.response::setHeader);
			this.response.getOutputStream().write(words.body());
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug(LogMessage.format("An answer could not be sent: %s", ex));
		}
	}

	private static @Nullable UploadRejectedException rejection(@Nullable Throwable failure) {
		for (Throwable ex = failure; ex != null; ex = ex.getCause()) {
			if (ex instanceof UploadRejectedException rejection) {
				return rejection;
			}
		}
		return null;
	}

	/**
	 * The request is over, whatever the handler did.
	 */
	synchronized void abandon() {
		if (this.ended) {
			return;
		}
		try {
			if (this.errorSent != 0) {
				settle(false);
			}
		}
		finally {
			end();
		}
	}

	private void end() {
		this.ended = true;
		try {
			this.request.close();
		}
		finally {
			this.delivery.close();
		}
	}

	@Override
	public void onComplete(AsyncEvent event) {
		abandon();
	}

	@Override
	public void onTimeout(AsyncEvent event) {
		// The container or the handler says what comes of it.
	}

	@Override
	public void onError(AsyncEvent event) {
		// The same.
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
		// The next phase is watched already.
	}

	/**
	 * How far a dispatch has come.
	 */
	private enum Stage {

		ON_THE_WAY, AT_THE_SERVLET, AMONG_INTERCEPTORS, AT_THE_HANDLER

	}

	private enum Outcome {

		TAKEN, REFUSED, FAILED

	}

	/**
	 * What is to become of the upload.
	 *
	 * @param outcome what becomes of it
	 * @param status the status that was said, 0 if there was none
	 * @param failure why it is no success
	 */
	private record Verdict(Outcome outcome, int status, Throwable failure) {
	}

}
