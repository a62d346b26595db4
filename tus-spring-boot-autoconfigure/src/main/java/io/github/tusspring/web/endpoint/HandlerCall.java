package io.github.tusspring.web.endpoint;

import java.io.IOException;
import java.util.Map;
import java.util.function.Function;

import io.github.tusspring.upload.Delivery;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.UploadStorageException;
import io.github.tusspring.web.ExchangeAnswer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * The delivery of an upload to an endpoint's handler, from the dispatch of the request to
 * the answer. What the handler says becomes the delivery's outcome and is stored before
 * the client hears it: a status of the 2xx or 3xx family takes the upload, one of the 4xx
 * family refuses it, everything else is a failure. A handler may be asynchronous and end
 * in another thread.
 */
final class HandlerCall implements AsyncListener {

	/**
	 * The request attribute that has the delivery.
	 */
	static final String ATTRIBUTE = HandlerCall.class.getName();

	private static final Log logger = LogFactory.getLog(HandlerCall.class);

	private final Delivery delivery;

	private final Function<Upload, ExchangeAnswer> answer;

	private final HandlerRequest request;

	private final HandlerResponse response;

	private boolean settled;

	private boolean ended;

	HandlerCall(Delivery delivery, Function<Upload, ExchangeAnswer> answer, HandlerRequest request,
			HandlerResponse response) {
		this.delivery = delivery;
		this.answer = answer;
		this.request = request;
		this.response = response;
	}

	HandlerResponse response() {
		return this.response;
	}

	/**
	 * Watches an asynchronous phase of the request.
	 */
	AsyncContext watch(AsyncContext context) {
		context.addListener(this);
		return new HandlerAsyncContext(context, this);
	}

	/**
	 * Lets the handler have the request, or have it again.
	 */
	void dispatch(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		this.request.dispatched();
		try (UploadObserver.Scope scope = this.delivery.observer().openScope()) {
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
	 * The handler has said all that it has to say.
	 */
	synchronized void handled() {
		if (this.ended) {
			return;
		}
		try {
			this.response.flushWriter();
			settle(true);
		}
		catch (UploadStorageException ex) {
			logger.error(ex.getMessage(), ex);
			this.response.resetBuffer();
			this.response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
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
	 * The handler has said more than can be stored.
	 */
	synchronized void overflow() {
		settle(false);
	}

	/**
	 * The handler has asked for an error page.
	 */
	synchronized void errorSent(int status) {
		if (!this.settled) {
			this.settled = true;
			settleError(status);
		}
	}

	private void settle(boolean whole) {
		if (this.settled) {
			return;
		}
		this.settled = true;
		int status = this.response.getStatus();
		if (status >= 400) {
			settleError(status);
			return;
		}
		UploadAnswer handlers = HandlerAnswer.of(this.response, whole);
		ExchangeAnswer protocols = this.answer.apply(this.delivery.succeed(handlers));
		Map<String, String> own = handlers.headers();
		this.response.setStatus(protocols.status());
		protocols.headers().forEach((name, value) -> {
			if (!value.equals(own.get(name))) {
				this.response.setHeader(name, value);
			}
		});
	}

	private void settleError(int status) {
		if (status >= 500) {
			this.delivery.fail(new IllegalStateException("Status " + status));
		}
		else {
			this.delivery.reject();
		}
	}

	/**
	 * The handler has thrown an exception.
	 * @return whether the client has got its answer
	 */
	synchronized boolean failed(Throwable failure) {
		if (this.ended) {
			return false;
		}
		UploadRejectedException rejection = this.settled ? null : rejection(failure);
		try {
			if (rejection != null) {
				this.delivery.reject();
				this.delivery.observer().refused(rejection.status());
			}
			else if (!this.settled) {
				this.delivery.fail(failure);
			}
			this.settled = true;
		}
		finally {
			end();
		}
		if (rejection == null) {
			this.response.discard();
			return false;
		}
		refuse(rejection);
		return true;
	}

	private void refuse(UploadRejectedException rejection) {
		try {
			this.response.reset();
			ExchangeAnswer refusal = ExchangeAnswer.failed(rejection);
			this.response.setStatus(refusal.status());
			refusal.headers().forEach(this.response::setHeader);
			this.response.getOutputStream().write(refusal.body());
			this.response.sendHeld();
		}
		catch (IOException ex) {
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
		if (!this.ended) {
			end();
		}
	}

	private void end() {
		this.ended = true;
		this.delivery.close();
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

}
