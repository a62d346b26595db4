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
package io.github.tusspring.test;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.apache.coyote.http2.Http2Protocol;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Sends each request on a stream of HTTP/2, frame by frame.
 */
final class Http2Wire implements Wire {

	private static final int TIMEOUT_SECONDS = 8;

	private final int port;

	private final HTTP2Client client = new HTTP2Client();

	private @Nullable Session session;

	Http2Wire(int port) {
		this.port = port;
		await(() -> {
			this.client.start();
			return null;
		});
	}

	private static <T> T await(Callable<T> task) {
		try {
			return task.call();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private Session session() {
		if (this.session == null || this.session.isClosed()) {
			InetSocketAddress address = new InetSocketAddress("127.0.0.1", this.port);
			this.session = await(() -> this.client.connect(address, new Session.Listener() {
			}).get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
		}
		return this.session;
	}

	@Override
	public RawResponse send(RawRequest request) {
		List<byte[]> body = request.content();
		try (Exchange exchange = begin(request, body.isEmpty())) {
			for (int i = 0; i < body.size(); i++) {
				exchange.send(body.get(i), i == body.size() - 1);
			}
			return exchange.read();
		}
	}

	@Override
	public OpenRequest open(RawRequest request) {
		return begin(request, false);
	}

	private Exchange begin(RawRequest request, boolean end) {
		String[] words = request.lines().get(0).split(" ");
		HttpFields.Mutable fields = HttpFields.build();
		for (String line : request.lines().subList(1, request.lines().size())) {
			String name = line.substring(0, line.indexOf(':'));
			if (!name.equalsIgnoreCase("Host") && !name.equalsIgnoreCase("Transfer-Encoding")) {
				fields.add(name.toLowerCase(Locale.ROOT), line.substring(name.length() + 1).strip());
			}
		}
		HttpURI uri = HttpURI.from("http://127.0.0.1:" + this.port + words[1]);
		MetaData.Request head = new MetaData.Request(words[0], uri, HttpVersion.HTTP_2, fields);
		Exchange exchange = new Exchange(words[0]);
		exchange.stream = await(() -> session().newStream(new HeadersFrame(head, null, end), exchange)
			.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
		if (words[0].equals("HEAD")) {
			// This client takes the answer's length for wrong, and the connection for
			// broken.
			this.session = null;
		}
		return exchange;
	}

	@Override
	public boolean isHttp11() {
		return false;
	}

	@Override
	public void close() {
		await(() -> {
			this.client.stop();
			return null;
		});
	}

	/**
	 * A stream. What comes is put into a queue, with nothing for a stream that was reset.
	 */
	private static final class Exchange implements OpenRequest, Stream.Listener {

		private final BlockingQueue<List<Object>> frames = new LinkedBlockingQueue<>();

		private final boolean withBody;

		private Stream stream;

		private boolean answered;

		private Exchange(String method) {
			this.withBody = !method.equals("HEAD");
		}

		@Override
		public void onHeaders(Stream stream, HeadersFrame frame) {
			this.frames.add(List.of(frame.getMetaData(), frame.isEndStream()));
			if (!frame.isEndStream()) {
				stream.demand();
			}
		}

		@Override
		public void onDataAvailable(Stream stream) {
			Stream.Data data = stream.readData();
			if (data == null) {
				stream.demand();
				return;
			}
			byte[] bytes = new byte[data.frame().getByteBuffer().remaining()];
			data.frame().getByteBuffer().get(bytes);
			boolean end = data.frame().isEndStream();
			data.release();
			this.frames.add(List.of(bytes, end));
			if (!end) {
				stream.demand();
			}
		}

		@Override
		public void onReset(Stream stream, ResetFrame frame, Callback callback) {
			this.frames.add(List.of());
			callback.succeeded();
		}

		@Override
		public void onFailure(Stream stream, int error, String reason, Throwable failure, Callback callback) {
			this.frames.add(List.of());
			callback.succeeded();
		}

		private List<Object> next() {
			List<Object> next = await(() -> this.frames.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS));
			if (next == null || next.isEmpty()) {
				throw new UncheckedIOException(new EOFException((next == null) ? "No answer" : "The stream was reset"));
			}
			return next;
		}

		private static RawResponse head(List<Object> frame, List<RawResponse> interim, byte[] body) {
			MetaData.Response head = (MetaData.Response) frame.get(0);
			List<String> lines = new ArrayList<>();
			head.getHttpFields().forEach((field) -> lines.add(field.getName() + ": " + field.getValue()));
			return new RawResponse("HTTP/2 " + head.getStatus(), head.getStatus(), lines, body, List.of(), interim);
		}

		@Override
		public RawResponse readInterim() {
			RawResponse response = head(next(), List.of(), new byte[0]);
			if (response.status() >= 200) {
				throw new IllegalStateException("Not an interim answer: " + response);
			}
			return response;
		}

		@Override
		public OpenRequest send(String text) {
			return send(text.getBytes(StandardCharsets.UTF_8), false);
		}

		private OpenRequest send(byte[] bytes, boolean last) {
			try {
				await(() -> this.stream.data(new DataFrame(this.stream.getId(), ByteBuffer.wrap(bytes), last))
					.get(TIMEOUT_SECONDS, TimeUnit.SECONDS));
			}
			catch (IllegalStateException ex) {
				if (!(ex.getCause() instanceof ExecutionException)) {
					throw ex;
				}
				// The server has answered and wants no more of it.
			}
			return this;
		}

		@Override
		public OpenRequest end() {
			return send(new byte[0], true);
		}

		@Override
		public RawResponse read() {
			List<RawResponse> interim = new ArrayList<>();
			List<Object> frame = next();
			while (head(frame, List.of(), new byte[0]).status() < 200) {
				interim.add(head(frame, List.of(), new byte[0]));
				frame = next();
			}
			List<Object> head = frame;
			ByteArrayOutputStream body = new ByteArrayOutputStream();
			while (this.withBody && !frame.get(1).equals(true)) {
				frame = next();
				if (frame.get(0) instanceof byte[] bytes) {
					body.writeBytes(bytes);
				}
			}
			this.answered = true;
			return head(head, interim, body.toByteArray());
		}

		@Override
		public boolean isEndedByPeer() {
			List<Object> next = await(() -> this.frames.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS));
			return next != null && next.isEmpty();
		}

		@Override
		public void close() {
			if (!this.answered) {
				int cancelled = ErrorCode.CANCEL_STREAM_ERROR.code;
				this.stream.reset(new ResetFrame(this.stream.getId(), cancelled), Callback.NOOP);
			}
		}

	}

	/**
	 * Lets a client send some bytes in a frame, which Tomcat takes for an attack.
	 */
	@Configuration(proxyBeanMethods = false)
	static class SmallFrames {

		@Bean
		static WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> smallFrames() {
			return (factory) -> factory.addConnectorCustomizers((connector) -> {
				for (var upgrade : connector.findUpgradeProtocols()) {
					if (upgrade instanceof Http2Protocol http2) {
						http2.setOverheadDataThreshold(0);
						http2.setOverheadResetFactor(0);
						http2.setOverheadWindowUpdateThreshold(0);
					}
				}
			});
		}

	}

}
