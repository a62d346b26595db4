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

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Receives spans as OpenTelemetry's collector does (OTLP over HTTP, in binary protobuf).
 */
final class TraceCollector implements AutoCloseable {

	private final List<Span> spans = new CopyOnWriteArrayList<>();

	private final HttpServer server;

	TraceCollector() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
		this.server.createContext("/v1/traces", this::receive);
		this.server.start();
	}

	String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/v1/traces";
	}

	List<Span> spans() {
		return this.spans;
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	private void receive(HttpExchange exchange) throws IOException {
		boolean zipped = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
		byte[] body = (zipped ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody())
			.readAllBytes();
		for (byte[] resource : fields(body, 1)) {
			for (byte[] scope : fields(resource, 2)) {
				fields(scope, 2).forEach((span) -> this.spans.add(span(span)));
			}
		}
		exchange.getResponseHeaders().add("Content-Type", "application/x-protobuf");
		exchange.sendResponseHeaders(200, -1);
		exchange.close();
	}

	private static Span span(byte[] span) {
		Map<String, String> attributes = new TreeMap<>();
		for (byte[] attribute : fields(span, 9)) {
			List<byte[]> value = fields(fields(attribute, 2).get(0), 1);
			if (!value.isEmpty()) {
				attributes.put(text(fields(attribute, 1).get(0)), text(value.get(0)));
			}
		}
		List<byte[]> parent = fields(span, 4);
		HexFormat hex = HexFormat.of();
		return new Span(hex.formatHex(fields(span, 1).get(0)), hex.formatHex(fields(span, 2).get(0)),
				parent.isEmpty() ? "" : hex.formatHex(parent.get(0)), text(fields(span, 5).get(0)), attributes);
	}

	private static String text(byte[] bytes) {
		return new String(bytes, StandardCharsets.UTF_8);
	}

	/**
	 * Returns the fields of a message that have the given number and a length.
	 */
	private static List<byte[]> fields(byte[] message, int number) {
		List<byte[]> found = new ArrayList<>();
		ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
		while (buffer.hasRemaining()) {
			int tag = (int) varint(buffer);
			switch (tag & 7) {
				case 0 -> varint(buffer);
				case 1 -> buffer.getLong();
				case 2 -> {
					byte[] value = new byte[(int) varint(buffer)];
					buffer.get(value);
					if (tag >> 3 == number) {
						found.add(value);
					}
				}
				case 5 -> buffer.getInt();
				default -> throw new IllegalArgumentException("Wire type " + (tag & 7));
			}
		}
		return found;
	}

	private static long varint(ByteBuffer buffer) {
		long value = 0;
		for (int shift = 0; shift < 64; shift += 7) {
			byte next = buffer.get();
			value |= (long) (next & 0x7f) << shift;
			if (next >= 0) {
				return value;
			}
		}
		throw new IllegalArgumentException("Varint is too long");
	}

	record Span(String trace, String id, String parent, String name, Map<String, String> attributes) {

	}

}
