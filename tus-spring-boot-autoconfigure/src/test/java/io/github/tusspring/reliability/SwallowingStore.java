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

package io.github.tusspring.reliability;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * Speaks just enough S3 for uploads that nobody reads: keeps what is put in one piece,
 * and swallows parts.
 */
final class SwallowingStore implements AutoCloseable {

	private static final int BUFFER = 256 * 1024;

	private final Map<String, Stored> objects = new ConcurrentHashMap<>();

	private final Map<String, AtomicLong> multipartUploads = new ConcurrentHashMap<>();

	private final AtomicLong numbers = new AtomicLong();

	private final AtomicLong swallowed = new AtomicLong();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final HttpServer server;

	SwallowingStore() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1000);
		this.server.setExecutor(this.threads);
		this.server.createContext("/", this::serve);
		this.server.start();
	}

	URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getAddress().getPort());
	}

	/**
	 * Returns the number of bytes that came in parts.
	 */
	long swallowed() {
		return this.swallowed.get();
	}

	private void serve(HttpExchange exchange) throws IOException {
		try (exchange) {
			String key = exchange.getRequestURI().getPath();
			String query = String.valueOf(exchange.getRequestURI().getQuery());
			switch (exchange.getRequestMethod()) {
				case "PUT" -> put(exchange, key, query);
				case "POST" -> multipart(exchange, key, query);
				case "DELETE" -> {
					this.objects.remove(key);
					answer(exchange, 204, "");
				}
				default -> get(exchange, key, query);
			}
		}
	}

	private void put(HttpExchange exchange, String key, String query) throws IOException {
		if (query.contains("partNumber=")) {
			long count = swallow(exchange.getRequestBody());
			this.swallowed.addAndGet(count);
			this.multipartUploads.get(multipart(query)).addAndGet(count);
			exchange.getResponseHeaders().set("ETag", tag());
			answer(exchange, 200, "");
			return;
		}
		byte[] content = content(exchange);
		synchronized (this) {
			Stored there = this.objects.get(key);
			Headers headers = exchange.getRequestHeaders();
			String match = headers.getFirst("If-Match");
			boolean taken = headers.containsKey("If-None-Match") && there != null;
			if (taken || (match != null && (there == null || !there.tag.equals(match)))) {
				answer(exchange, 412, "<Error><Code>PreconditionFailed</Code></Error>");
				return;
			}
			Stored stored = new Stored(content, content.length, tag());
			this.objects.put(key, stored);
			exchange.getResponseHeaders().set("ETag", stored.tag);
		}
		answer(exchange, 200, "");
	}

	private void multipart(HttpExchange exchange, String key, String query) throws IOException {
		exchange.getRequestBody().readAllBytes();
		if (query.startsWith("uploads")) {
			String id = "m" + this.numbers.incrementAndGet();
			this.multipartUploads.put(id, new AtomicLong());
			answer(exchange, 200,
					"<InitiateMultipartUploadResult><UploadId>" + id + "</UploadId></InitiateMultipartUploadResult>");
			return;
		}
		Stored stored = new Stored(new byte[0], this.multipartUploads.remove(multipart(query)).get(), tag());
		this.objects.put(key, stored);
		answer(exchange, 200, "<CompleteMultipartUploadResult><ETag>" + stored.tag.replace("\"", "&quot;")
				+ "</ETag></CompleteMultipartUploadResult>");
	}

	private void get(HttpExchange exchange, String key, String query) throws IOException {
		if (query.contains("list-type=2")) {
			answer(exchange, 200, "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>");
			return;
		}
		if (query.contains("uploads")) {
			answer(exchange, 200,
					"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>");
			return;
		}
		boolean bucket = key.indexOf('/', 1) < 0;
		Stored stored = bucket ? new Stored(new byte[0], 0, tag()) : this.objects.get(key);
		if (stored == null) {
			answer(exchange, 404, "<Error><Code>NoSuchKey</Code></Error>");
			return;
		}
		exchange.getResponseHeaders().set("ETag", stored.tag);
		if ("HEAD".equals(exchange.getRequestMethod())) {
			exchange.getResponseHeaders().set("Content-Length", "" + stored.length);
			exchange.sendResponseHeaders(200, -1);
			return;
		}
		exchange.sendResponseHeaders(200, stored.content.length);
		exchange.getResponseBody().write(stored.content);
	}

	private static void answer(HttpExchange exchange, int status, String body) throws IOException {
		byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
		boolean none = status == 204 || "HEAD".equals(exchange.getRequestMethod());
		exchange.sendResponseHeaders(status, (none || bytes.length == 0) ? -1 : bytes.length);
		if (!none && bytes.length > 0) {
			try (OutputStream out = exchange.getResponseBody()) {
				out.write(bytes);
			}
		}
	}

	private String tag() {
		return "\"" + this.numbers.incrementAndGet() + "\"";
	}

	private static String multipart(String query) {
		return query.replaceFirst(".*uploadId=([^&]*).*", "$1");
	}

	private static long swallow(InputStream in) throws IOException {
		byte[] buffer = new byte[BUFFER];
		long total = 0;
		for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
			total += count;
		}
		return total;
	}

	/**
	 * Returns the content of a request, without the signatures between its chunks.
	 */
	private static byte[] content(HttpExchange exchange) throws IOException {
		byte[] body = exchange.getRequestBody().readAllBytes();
		if (!String.valueOf(exchange.getRequestHeaders().getFirst("x-amz-content-sha256")).startsWith("STREAMING")) {
			return body;
		}
		ByteArrayOutputStream content = new ByteArrayOutputStream();
		InputStream in = new ByteArrayInputStream(body);
		for (int size = size(in); size > 0; size = size(in)) {
			content.write(in.readNBytes(size));
			in.skipNBytes(2);
		}
		return content.toByteArray();
	}

	private static int size(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int read = in.read(); read >= 0 && read != '\n'; read = in.read()) {
			line.append((char) read);
		}
		return Integer.parseInt(line.toString().strip().split(";")[0], 16);
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.threads.shutdownNow();
	}

	/**
	 * An object, perhaps without its content.
	 */
	private record Stored(byte[] content, long length, String tag) {
	}

}
