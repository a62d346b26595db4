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

package io.github.tusspring.example;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;

import com.sun.net.httpserver.HttpExchange;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.web.BodyTransfer;
import io.github.tusspring.web.ExchangeAnswer;
import io.github.tusspring.web.UploadExchange;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.util.StringUtils;

/**
 * A request to the JDK's own server as an exchange.
 *
 * @param exchange the server's exchange
 * @param path the creation URL's path
 */
record JdkTusExchange(HttpExchange exchange, String path) implements UploadExchange {

	private static final long SHORT_BODY = 64 * 1024;

	private static final long UNWANTED = 16 * 1024 * 1024;

	@Override
	public String method() {
		return this.exchange.getRequestMethod();
	}

	@Override
	public String target() {
		String target = this.exchange.getRequestURI().getPath().substring(this.path.length());
		return StringUtils.trimTrailingCharacter(StringUtils.trimLeadingCharacter(target, '/'), '/');
	}

	@Override
	public @Nullable String header(String name) {
		List<String> values = this.exchange.getRequestHeaders().get(name);
		return (values != null) ? String.join(",", values) : null;
	}

	@Override
	public long contentLength() {
		String length = header("Content-Length");
		if (length != null) {
			return Long.parseLong(length);
		}
		return (header("Transfer-Encoding") != null) ? -1 : 0;
	}

	@Override
	public @Nullable String principal() {
		return (this.exchange.getPrincipal() != null) ? this.exchange.getPrincipal().getUsername() : null;
	}

	@Override
	public String location(UploadId id) {
		return this.path + "/" + id;
	}

	@Override
	public void answer(ExchangeAnswer answer) {
		try {
			if (contentLength() > SHORT_BODY && answer.body().length > 0) {
				answerEarly(answer);
			}
			else {
				write(this.exchange, answer);
			}
		}
		catch (IOException ex) {
			// The client has gone.
			this.exchange.close();
		}
	}

	/**
	 * Answers while the client is still sending. If the connection were closed with bytes
	 * unread, it would be reset, and most clients would lose the answer.
	 */
	private void answerEarly(ExchangeAnswer answer) throws IOException {
		answer.headers().forEach(this.exchange.getResponseHeaders()::set);
		this.exchange.getResponseHeaders().set("Connection", "close");
		this.exchange.sendResponseHeaders(answer.status(), answer.body().length);
		this.exchange.getResponseBody().write(answer.body());
		this.exchange.getResponseBody().flush();
		byte[] unwanted = new byte[(int) SHORT_BODY];
		int count = 0;
		for (long read = 0; count >= 0 && read < UNWANTED; read += count) {
			count = this.exchange.getRequestBody().read(unwanted);
		}
		this.exchange.close();
	}

	static void write(HttpExchange exchange, ExchangeAnswer answer) throws IOException {
		answer.headers().forEach(exchange.getResponseHeaders()::set);
		boolean body = answer.body().length > 0 && !exchange.getRequestMethod().equals("HEAD");
		exchange.sendResponseHeaders(answer.status(), body ? answer.body().length : -1);
		if (body) {
			try (OutputStream output = exchange.getResponseBody()) {
				output.write(answer.body());
			}
		}
	}

	@Override
	public void send(ExchangeAnswer answer, Resource content, Runnable ended) {
		try (InputStream input = content.getInputStream()) {
			answer.headers().forEach(this.exchange.getResponseHeaders()::set);
			this.exchange.sendResponseHeaders(answer.status(), content.contentLength());
			input.transferTo(this.exchange.getResponseBody());
		}
		catch (IOException ex) {
			// The client has gone, or must not take a part for the whole.
			this.exchange.close();
		}
		finally {
			ended.run();
		}
	}

	@Override
	public BodyTransfer transfer() {
		return new JdkBodyTransfer(this.exchange);
	}

}
