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
import java.nio.file.Path;
import java.util.Optional;

import io.github.tusspring.upload.Delivery;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.web.ExchangeAnswer;
import io.github.tusspring.web.HandOver;
import io.github.tusspring.web.HandOverAnswers;
import io.github.tusspring.web.RequestSender;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.core.log.LogMessage;

/**
 * Hands full uploads over to an endpoint's handler: the client's own request is
 * dispatched to the endpoint's path, looking like one that brought the whole content at
 * once.
 */
final class EndpointHandOver implements HandOver {

	private static final Log logger = LogFactory.getLog(EndpointHandOver.class);

	private final EndpointRoute endpoint;

	private final String path;

	private final HandlerRequest request;

	private final HandlerResponse response;

	private final RequestSender sender;

	private final TusUploads uploads;

	private final HandlerLookup handlers;

	EndpointHandOver(EndpointRoute endpoint, String path, HandlerRequest request, HandlerResponse response,
			RequestSender sender, TusUploads uploads, HandlerLookup handlers) {
		this.endpoint = endpoint;
		this.path = path;
		this.request = request;
		this.response = response;
		this.sender = sender;
		this.uploads = uploads;
		this.handlers = handlers;
	}

	@Override
	public String endpoint() {
		return this.path;
	}

	@Override
	public String endpointPattern() {
		return this.endpoint.configured();
	}

	@Override
	public @Nullable ExchangeAnswer begin(Delivery delivery, HandOverAnswers answers) {
		HandlerCall call = new HandlerCall(delivery, answers, this.request, this.response, this.sender);
		try {
			Upload upload = delivery.upload();
			Resource content;
			try {
				content = this.uploads.open(upload.id());
			}
			catch (UploadException ex) {
				call.failed(ex);
				return answers.failed(ex);
			}
			prepare(upload.withMetadata(HandlerHeaders.safe(upload.metadata())), content, call, answers);
			dispatch(call);
		}
		catch (Throwable ex) {
			// The application's handlers are looked for here, and nobody else ends the
			// delivery.
			logger.error(LogMessage.format("Upload '%s' can't be handed over", delivery.upload().id().abbreviated()),
					ex);
			if (!call.failed(ex)) {
				sendFailure();
			}
		}
		return null;
	}

	private void prepare(Upload upload, Resource content, HandlerCall call, HandOverAnswers answers)
			throws IOException {
		String method = this.endpoint.method().name();
		HandlerBody body;
		if (this.endpoint.byPath()) {
			Optional<Path> file = this.uploads.path(upload.id());
			Object location = file.isPresent() ? file.get() : content.getURI();
			body = HandlerBody.ofLocation(method, upload, content, location);
			this.request.setAttribute(TusAttributes.LOCATION, location);
		}
		else {
			body = HandlerBody.ofContent(method, upload, content);
			String part = this.handlers.part(this.request, this.path, body);
			body = (part != null) ? body.asForm(part, upload) : body;
		}
		this.request.setAttribute(TusAttributes.UPLOAD, upload);
		this.request.setAttribute(TusAttributes.METADATA, upload.metadata());
		this.request.setAttribute(HandlerCall.ATTRIBUTE, call);
		answers.headers().forEach(this.response::setHeader);
		this.response.hold(call);
		this.request.deliver(call, body);
	}

	private void dispatch(HandlerCall call) throws IOException, ServletException {
		if (this.request.isAsyncStarted()) {
			AsyncContext context = this.request.getAsyncContext();
			context.addListener(call);
			context.dispatch(this.path);
		}
		else if (this.request.isAsyncSupported()) {
			this.request.startAsync(this.request, this.response).dispatch(this.path);
		}
		else {
			// A filter or a servlet of the application's can't do otherwise.
			call.forward(this.path);
		}
	}

	private void sendFailure() {
		try {
			this.response.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
			if (this.request.isAsyncStarted()) {
				this.request.getAsyncContext().complete();
			}
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug(LogMessage.format("An answer could not be sent: %s", ex));
		}
	}

}
