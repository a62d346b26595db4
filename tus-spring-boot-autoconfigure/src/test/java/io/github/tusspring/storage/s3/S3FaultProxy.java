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

package io.github.tusspring.storage.s3;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Stands between an application and a store, and does what networks and stores do now and
 * then: it is slow, loses and cuts requests and answers, and says 500, 503 and 412 of
 * calls that were done or weren't. One request a connection, one thread each.
 */
public final class S3FaultProxy implements AutoCloseable {

	private static final int BUFFER = 16 * 1024;

	private static final int MAX_LATE_MILLIS = 50;

	private final ExecutorService threads = Executors.newCachedThreadPool((task) -> {
		Thread thread = new Thread(task, "s3-fault-proxy");
		thread.setDaemon(true);
		return thread;
	});

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final AtomicLong requests = new AtomicLong();

	private final AtomicLong faults = new AtomicLong();

	private final ServerSocket server;

	private final URI target;

	private final Random random;

	private volatile double rate;

	private volatile Duration delay = Duration.ZERO;

	private volatile @Nullable Fault always;

	private volatile boolean unconditional;

	private final Set<String> ended = ConcurrentHashMap.newKeySet();

	private volatile boolean refusingPartsOfEnded;

	private final Set<String> absent = ConcurrentHashMap.newKeySet();

	private volatile @Nullable HeldCompletion heldCompletion;

	private volatile BiPredicate<String, Predicate<String>> unknown = (line, headers) -> false;

	private volatile Fault refusal = Fault.NOT_IMPLEMENTED;

	/**
	 * Starts a proxy that lets everything pass.
	 * @param target where the store listens
	 * @param seed chooses the faults
	 */
	public S3FaultProxy(URI target, long seed) {
		this.target = target;
		this.random = new Random(seed);
		try {
			this.server = new ServerSocket(0, 1000, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.threads.execute(this::accept);
	}

	public URI endpoint() {
		return URI.create("http://127.0.0.1:" + this.server.getLocalPort());
	}

	/**
	 * Sets how often something goes wrong, from 0 to 1.
	 */
	public void rate(double rate) {
		this.rate = rate;
	}

	/**
	 * Has the same go wrong with each call.
	 * @param fault what goes wrong, or {@code null} to go on as before
	 */
	void always(@Nullable Fault fault) {
		this.always = fault;
	}

	/**
	 * Sets how long each call takes at least.
	 */
	public void delay(Duration delay) {
		this.delay = delay;
	}

	/**
	 * Answers conditional requests of a method as stores do that know no such thing.
	 */
	void refuseConditional(String method) {
		refuse((line, header) -> line.startsWith(method + " ")
				&& (header.test("If-Match") || header.test("If-None-Match")));
	}

	/**
	 * Answers for parts of multipart uploads that have ended as AWS does, when it has
	 * read them: some stores take such a part, others close the connection at once.
	 */
	void refusePartsOfEnded() {
		this.refusingPartsOfEnded = true;
	}

	/**
	 * Answers for what was deleted already as GCS does, rather than as AWS.
	 */
	void refuseToDeleteAgain(String key) {
		this.absent.add(key);
	}

	/**
	 * Holds the next completion of a multipart upload, which the store knows no more from
	 * then on, although it hasn't made the object.
	 */
	HeldCompletion holdCompletion() {
		HeldCompletion held = new HeldCompletion(new CompletableFuture<>(), new CompletableFuture<>());
		this.heldCompletion = held;
		return held;
	}

	/**
	 * Drops the conditions of all requests. They are signed: it has to be a store that
	 * doesn't look at signatures.
	 */
	public void dropConditions() {
		this.unconditional = true;
	}

	/**
	 * Has some requests be answered as a store does that doesn't know them, by 501.
	 * @param unknown takes the request line, and what says whether there is a header
	 */
	void refuse(BiPredicate<String, Predicate<String>> unknown) {
		this.unknown = unknown;
	}

	/**
	 * Has parts that are copied be answered as a store does that copies none.
	 */
	void refuseCopies(Fault refusal) {
		this.refusal = refusal;
		refuse((line, headers) -> headers.test("x-amz-copy-source"));
	}

	/**
	 * Returns how many requests have come.
	 */
	public long requests() {
		return this.requests.get();
	}

	/**
	 * Returns how many of them went wrong.
	 */
	public long faults() {
		return this.faults.get();
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.server.accept();
				this.threads.execute(() -> serve(client));
			}
		}
		catch (IOException ex) {
			// Closed.
		}
	}

	private void serve(Socket client) {
		this.sockets.add(client);
		try (client) {
			InputStream in = new BufferedInputStream(client.getInputStream(), BUFFER);
			Request request = Request.read(in);
			if (request != null) {
				this.requests.incrementAndGet();
				Fault fault = fault(request);
				Thread.sleep(this.delay.toMillis() + ((fault == Fault.LATE) ? number(MAX_LATE_MILLIS) : 0));
				serve(client, in, request, fault);
			}
		}
		catch (IOException | InterruptedException ex) {
			// One of the two is gone: the other hears of it by the end of its connection.
		}
		finally {
			this.sockets.remove(client);
		}
	}

	private void serve(Socket client, InputStream in, Request request, Fault fault) throws IOException {
		if (fault == Fault.REQUEST_LOST) {
			return;
		}
		OutputStream out = client.getOutputStream();
		if (request.isExpecting()) {
			out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
		}
		if (this.refusingPartsOfEnded && isPartOfEnded(request)) {
			copy(in, OutputStream.nullOutputStream(), request.length());
			answer(out, 404, "<Error><Code>NoSuchUpload</Code><Message>It has ended</Message></Error>");
			return;
		}
		if (request.is("DELETE") && this.absent.stream().anyMatch(request.lines().get(0)::contains)) {
			answer(out, 404, "<Error><Code>NoSuchKey</Code><Message>It isn't there</Message></Error>");
			return;
		}
		HeldCompletion held = this.heldCompletion;
		if (held != null && request.is("POST") && request.multipartUpload() != null) {
			if (!held.begun().complete(null)) {
				copy(in, OutputStream.nullOutputStream(), request.length());
				answer(out, 404, "<Error><Code>NoSuchUpload</Code><Message>It has ended</Message></Error>");
				return;
			}
			held.release().join();
			this.heldCompletion = null;
		}
		if (!fault.done) {
			copy(in, OutputStream.nullOutputStream(), request.length());
			answer(out, fault.status);
			return;
		}
		try (Socket store = new Socket(this.target.getHost(), this.target.getPort())) {
			this.sockets.add(store);
			store.getOutputStream().write(request.forward(this.unconditional));
			copy(in, store.getOutputStream(), (fault == Fault.REQUEST_CUT) ? request.length() / 2 : request.length());
			if (fault == Fault.REQUEST_CUT) {
				return;
			}
			InputStream answer = store.getInputStream();
			if (fault.cutAfter != null) {
				byte[] bytes = answer.readAllBytes();
				int end = (fault == Fault.ANSWER_CUT) ? number(bytes.length) : end(bytes, fault.cutAfter);
				out.write(bytes, 0, end);
			}
			else if (fault == Fault.ANSWER_LOST || fault.status > 0) {
				answer.transferTo(OutputStream.nullOutputStream());
				answer(out, fault.status);
			}
			else {
				answer.transferTo(out);
			}
			this.sockets.remove(store);
		}
	}

	private static int end(byte[] answer, String text) {
		return new String(answer, StandardCharsets.ISO_8859_1).indexOf(text) + text.length();
	}

	private Fault fault(Request request) {
		Fault always = this.always;
		if (always != null) {
			return always;
		}
		if (this.unknown.test(request.lines().get(0), request::has)) {
			this.faults.incrementAndGet();
			return this.refusal;
		}
		Fault[] faults = Fault.values();
		Fault fault;
		synchronized (this.random) {
			// The last two say of a store what it is, rather than what happens.
			fault = faults[1 + this.random.nextInt(faults.length - 3)];
			if (this.random.nextDouble() >= this.rate) {
				return Fault.NONE;
			}
		}
		if (fault.status == 412 && !request.isConditional()) {
			return Fault.NONE;
		}
		this.faults.incrementAndGet();
		return fault;
	}

	private int number(int bound) {
		synchronized (this.random) {
			return this.random.nextInt(bound);
		}
	}

	private boolean isPartOfEnded(Request request) {
		String upload = request.multipartUpload();
		if (upload == null) {
			return false;
		}
		if (request.is("PUT")) {
			return this.ended.contains(upload);
		}
		this.ended.add(upload);
		return false;
	}

	private static void answer(OutputStream out, int status) throws IOException {
		if (status > 0) {
			answer(out, status, "");
		}
	}

	private static void answer(OutputStream out, int status, String body) throws IOException {
		out.write(("HTTP/1.1 " + status + " Fault\r\nContent-Length: " + body.length() + "\r\nConnection: close\r\n\r\n"
				+ body)
			.getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * Copies some bytes, or as many as there are.
	 */
	private static void copy(InputStream in, OutputStream out, long count) throws IOException {
		byte[] buffer = new byte[BUFFER];
		long left = count;
		while (left > 0) {
			int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
			if (read < 0) {
				return;
			}
			out.write(buffer, 0, read);
			left -= read;
		}
	}

	@Override
	public void close() {
		try {
			this.server.close();
			for (Socket socket : this.sockets) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			this.threads.shutdownNow();
		}
	}

	/**
	 * A completion that is held.
	 *
	 * @param begun completed when the store has heard of it
	 * @param release to be completed to have the object made
	 */
	record HeldCompletion(CompletableFuture<Void> begun, CompletableFuture<Void> release) {
	}

	/**
	 * What can go wrong.
	 */
	enum Fault {

		NONE, LATE, REQUEST_LOST(false, 0), REQUEST_CUT, ANSWER_LOST, ANSWER_CUT(""), ANSWER_HEAD_LOST("\r\n"),
		ANSWER_BODY_LOST("\r\n\r\n"), FAILED(false, 500), UNAVAILABLE(false, 503), REFUSED(false, 412),
		DONE_AND_FAILED(true, 500), DONE_AND_UNAVAILABLE(true, 503), DONE_AND_REFUSED(true, 412),
		NOT_IMPLEMENTED(false, 501), NOT_UNDERSTOOD(false, 400);

		private final boolean done;

		private final int status;

		private final @Nullable String cutAfter;

		Fault() {
			this(true, 0);
		}

		Fault(boolean done, int status) {
			this.done = done;
			this.status = status;
			this.cutAfter = null;
		}

		Fault(String cutAfter) {
			this.done = true;
			this.status = 0;
			this.cutAfter = cutAfter;
		}

	}

	/**
	 * The head of a request.
	 *
	 * @param lines the request line and the headers
	 */
	private record Request(List<String> lines) {

		private static final Pattern MULTIPART_UPLOAD = Pattern.compile("[?&]uploadId=([^& ]+)");

		static @Nullable Request read(InputStream in) throws IOException {
			List<String> lines = new ArrayList<>();
			while (true) {
				String line = readLine(in);
				if (line == null) {
					return null;
				}
				if (line.isEmpty()) {
					return new Request(lines);
				}
				lines.add(line);
			}
		}

		private static @Nullable String readLine(InputStream in) throws IOException {
			ByteArrayOutputStream line = new ByteArrayOutputStream();
			int read;
			while ((read = in.read()) != '\n') {
				if (read < 0) {
					return null;
				}
				if (read != '\r') {
					line.write(read);
				}
			}
			return line.toString(StandardCharsets.ISO_8859_1);
		}

		private static boolean is(String line, String name) {
			return line.regionMatches(true, 0, name + ":", 0, name.length() + 1);
		}

		private boolean has(String name) {
			return this.lines.stream().anyMatch((line) -> is(line, name));
		}

		/**
		 * Returns the multipart upload that is the request's subject.
		 */
		@Nullable String multipartUpload() {
			Matcher upload = MULTIPART_UPLOAD.matcher(this.lines.get(0));
			return upload.find() ? upload.group(1) : null;
		}

		boolean is(@Nullable String method) {
			return this.lines.get(0).startsWith(method + " ");
		}

		boolean isConditional() {
			return has("If-Match") || has("If-None-Match");
		}

		boolean isExpecting() {
			return has("Expect");
		}

		long length() {
			return this.lines.stream()
				.filter((line) -> is(line, "Content-Length"))
				.mapToLong((line) -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
				.findFirst()
				.orElse(0);
		}

		/**
		 * Returns the head for the store, whose answer is the last on its connection.
		 */
		byte[] forward(boolean unconditional) {
			StringBuilder head = new StringBuilder();
			for (String line : this.lines) {
				boolean condition = is(line, "If-Match") || is(line, "If-None-Match");
				if (!is(line, "Connection") && !is(line, "Expect") && !(unconditional && condition)) {
					head.append(line).append("\r\n");
				}
			}
			return head.append("Connection: close\r\n\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
		}

	}

}
