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

import java.util.List;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadGrant;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * Makes exchanges of servlet requests. Thread-safe.
 */
public final class ServletExchanges {

	private final ServletTransfers transfers;

	private final UploadOwnerResolver owners;

	private final @Nullable SignedUploadUrls signedUrls;

	private final boolean absolute;

	private final List<SenderContext> contexts;

	/**
	 * Creates an instance.
	 * @param transfers what all transfers share
	 * @param owners says to whom uploads belong
	 * @param signedUrls reads the signatures of URLs, or {@code null}
	 * @param contexts know what the application has bound to a request's thread
	 * @param absolute whether the URLs of uploads are absolute
	 */
	public ServletExchanges(ServletTransfers transfers, UploadOwnerResolver owners,
			@Nullable SignedUploadUrls signedUrls, List<SenderContext> contexts, boolean absolute) {
		this.transfers = transfers;
		this.owners = owners;
		this.signedUrls = signedUrls;
		this.absolute = absolute;
		this.contexts = List.copyOf(contexts);
	}

	/**
	 * Keeps the sender of the request that the calling thread works for.
	 * @param request the request
	 * @return its sender
	 */
	public RequestSender sender(HttpServletRequest request) {
		return new RequestSender(request, this.contexts);
	}

	/**
	 * Says as whom the sender of a request asks for an upload that belongs anywhere.
	 * @param request the request
	 * @param upload the upload
	 * @return the client, of the upload's place and protocol
	 */
	public UploadClient client(HttpServletRequest request, Upload upload) {
		RequestSender sender = sender(request);
		return new UploadClient(this.owners.resolveOwner(sender.request()), upload.endpoint(), upload.endpointPattern(),
				request.getRemoteAddr(), sender.principal(), upload.draft() > 0);
	}

	/**
	 * Makes an exchange.
	 * @param request the request
	 * @param response the response
	 * @param base the path of the creation URL, from the root of the server and encoded
	 * @param lookup what follows that in the request's path, decoded and without slashes
	 * at its ends: nothing or an id
	 * @param handOver takes full uploads, or {@code null} if an event is published
	 * @return the exchange
	 */
	public UploadExchange exchange(HttpServletRequest request, HttpServletResponse response, String base,
			UploadLookup lookup, @Nullable HandOver handOver) {
		String location = base;
		if (this.absolute) {
			String url = request.getRequestURL().toString();
			location = url.substring(0, url.length() - request.getRequestURI().length()) + base;
		}
		UploadGrant grant = (this.signedUrls != null)
				? this.signedUrls.grant(request, base.substring(request.getContextPath().length())) : null;
		return new ServletUploadExchange(request, response, sender(request), lookup, location, this.transfers,
				this.owners, grant, handOver);
	}

}
