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

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.zip.CRC32;

import io.github.tusspring.reliability.CutBody.Form;
import io.github.tusspring.reliability.CutBody.Pause;
import io.github.tusspring.test.OpenRequest;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.web.ServletTransfers;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.coyote.AbstractProtocol;
import org.eclipse.jetty.server.handler.StatisticsHandler;

import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.is;

/**
 * Clients that send bodies in pieces, cut anywhere, and do anything meanwhile.
 */
final class CuttingClients {

	private static final Duration SOON = Duration.ofSeconds(10);

	private static final int TURN = 1024 * 1024;

	private static final int[] LENGTHS = { 0, 1, 10, 5000, 0xffff, 0x10000, 0x10001, TURN - 1, TURN, TURN + 1,
			1_200_000, 3_000_000 };

	private final TestServer server;

	private final IntFunction<RawConnection> connector;

	/**
	 * Creates an instance.
	 * @param server has an endpoint {@code /take} that answers with the {@link #sum} of
	 * what it was sent
	 * @param connector connects to a port
	 */
	CuttingClients(TestServer server, IntFunction<RawConnection> connector) {
		this.server = server;
		this.connector = connector;
	}

	Client client(String creation, Random random, int length) {
		return new Client(creation, random, length);
	}

	/**
	 * Has many clients do anything at once.
	 * @param uploads the number of uploads of each client
	 * @param seed says what they do
	 */
	void runMany(int clients, int uploads, long seed) throws Exception {
		run(clients, uploads, seed, () -> this::runOne);
		assertNothingIsLeft();
	}

	/**
	 * Has many clients upload over HTTP/2, each with a connection, and give some up.
	 * @param uploads the number of uploads of each client
	 * @param seed says what they do
	 */
	void runManyOverHttp2(int clients, int uploads, long seed) throws Exception {
		List<Wire> wires = new CopyOnWriteArrayList<>();
		try {
			run(clients, uploads, seed, () -> {
				Wire wire = Wire.Version.HTTP_2.to(this.server);
				wires.add(wire);
				return (upload) -> sendFrames(wire, upload);
			});
			await().atMost(SOON).until(this.server.bean(OpenRequests.class)::count, is(0));
		}
		finally {
			wires.forEach(Wire::close);
		}
		assertNothingIsLeft();
	}

	private void run(int clients, int uploads, long seed, Supplier<Upload> upload) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(clients);
		try {
			List<Future<?>> runs = new ArrayList<>();
			for (int i = 0; i < clients; i++) {
				Random random = new Random(seed * 1000 + i);
				Upload next = upload.get();
				runs.add(threads.submit(() -> {
					for (int n = 0; n < uploads; n++) {
						next.send(random.nextLong());
					}
					return null;
				}));
			}
			for (Future<?> run : runs) {
				run.get(5, TimeUnit.MINUTES);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	private void sendFrames(Wire wire, long seed) throws Exception {
		Random random = new Random(seed);
		int length = LENGTHS[random.nextInt(LENGTHS.length)];
		try (Client client = new Client(random.nextBoolean() ? "/files" : "/take", random, length)) {
			RawRequest request = RawRequest.of("PATCH", this.server.uri(client.path))
				.with("Content-Type: application/offset+octet-stream")
				.with("Upload-Offset: 0");
			boolean givenUp = random.nextInt(4) == 0;
			try (OpenRequest open = (random.nextBoolean() ? request.with("Content-Length: " + length) : request)
				.chunked()
				.over(wire)
				.open()) {
				int sent = givenUp ? random.nextInt(length + 1) : length;
				int largest = 1 + length / (1 + random.nextInt(20));
				for (int from = 0; from < sent;) {
					int size = Math.min(1 + random.nextInt(largest), sent - from);
					open.send(new String(client.content, from, size, StandardCharsets.US_ASCII));
					from += size;
				}
				if (!givenUp) {
					client.assertAppended(open.end().read());
				}
			}
			if (givenUp) {
				client.resume();
			}
		}
		catch (Throwable ex) {
			throw new AssertionError("%d bytes over HTTP/2, seed %d".formatted(length, seed), ex);
		}
	}

	private void runOne(long seed) throws Exception {
		Random random = new Random(seed);
		int length = LENGTHS[random.nextInt(LENGTHS.length)];
		String path = random.nextBoolean() ? "/files" : "/take";
		Form form = Form.values()[random.nextInt(Form.values().length)];
		Behaviour behaviour = Behaviour.values()[random.nextInt(Behaviour.values().length)];
		try (Client client = new Client(path, random, length)) {
			CutBody body = CutBody.of(form, client.content, 0, random, client.chunk());
			behaviour.action.run(client, body);
		}
		catch (Throwable ex) {
			throw new AssertionError(
					"%s of %d bytes to %s with %s, seed %d".formatted(behaviour, length, path, form, seed), ex);
		}
	}

	/**
	 * Waits until the server has nothing to do, and looks for what it does all the same.
	 */
	void assertNothingIsLeft() throws InterruptedException {
		assertThat(ManagementFactory.getThreadMXBean().findDeadlockedThreads()).isNull();
		await().atMost(SOON).untilAsserted(() -> {
			assertThat(busyThreads()).isEmpty();
			assertThat(this.server.bean(OpenRequests.class).count()).isZero();
			assertThat(openConnections()).isZero();
			Object transfers = this.server.bean(ServletTransfers.class);
			Object turns = ReflectionTestUtils.getField(transfers, "turns");
			Semaphore places = (Semaphore) ReflectionTestUtils.getField(turns, "places");
			assertThat(places.availablePermits()).isEqualTo(ReflectionTestUtils.getField(turns, "PLACES"));
		});
		assertThat(processorTimeOf(Duration.ofMillis(100))).isLessThan(Duration.ofMillis(50));
	}

	private static List<String> busyThreads() {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((thread) -> Arrays.stream(thread.getValue())
				.anyMatch((frame) -> frame.getClassName().matches("io\\.github\\.tusspring\\.web\\.(Servlet|Body).*")))
			.map((thread) -> thread.getKey() + " " + List.of(thread.getValue()))
			.toList();
	}

	/**
	 * Returns the number of connections with which the server has something to do: over
	 * HTTP/2 all that are open.
	 */
	private int openConnections() {
		ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) this.server.context();
		if (context.getWebServer() instanceof TomcatWebServer tomcat) {
			AbstractProtocol<?> protocol = (AbstractProtocol<?>) tomcat.getTomcat().getConnector().getProtocolHandler();
			return protocol.getWaitingProcessorCount();
		}
		return this.server.bean(StatisticsHandler.class).getRequestsActive();
	}

	/**
	 * Returns the time of the processor that the server's threads take.
	 */
	private static Duration processorTimeOf(Duration time) throws InterruptedException {
		long before = processorTime();
		Thread.sleep(time.toMillis());
		return Duration.ofNanos(processorTime() - before);
	}

	private static long processorTime() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
			.filter((thread) -> thread != null && thread.getThreadName().matches("(tus-|http-|qtp).*"))
			.mapToLong(ThreadInfo::getThreadId)
			.map(threads::getThreadCpuTime)
			.sum();
	}

	/**
	 * What a client does with its body.
	 */
	private enum Behaviour {

		SENDS_ALL((client, body) -> client.append(body, client.some(body.places()), client.pause(), false)),

		GOES_ON_AT_ONCE((client, body) -> client.append(body, client.some(body.places()), client.pause(), true)),

		AWAITS_CONTINUE(Client::appendWhenAsked),

		HALF_CLOSES_AFTER_ALL((client, body) -> {
			client.begin(body);
			CutBody.send(client.connection, body.bytes(), client.some(body.places()), client.pause());
			client.connection.halfClose();
			client.assertAppended();
		}),

		HALF_CLOSES(Client::sendSomeAnd),

		RESETS((client, body) -> {
			client.sendSome(body);
			client.connection.reset();
			client.resume();
		}),

		CREATES_WITH_IT(Client::createWith),

		IS_TAKEN_OVER(Client::beTakenOver);

		private final Action action;

		Behaviour(Action action) {
			this.action = action;
		}

		private interface Action {

			void run(Client client, CutBody body) throws Exception;

		}

	}

	/**
	 * A client with an upload and a connection.
	 */
	final class Client implements AutoCloseable {

		private final Random random;

		private final String creation;

		private final byte[] content;

		private RawConnection connection;

		private String path = "";

		Client(String creation, Random random, int length) {
			this.random = random;
			this.creation = creation;
			this.content = new byte[length];
			for (int i = 0; i < length; i++) {
				this.content[i] = (byte) random.nextInt(128);
			}
			this.connection = connect().timeout(SOON);
			this.path = create("Content-Length: 0").header("Location");
		}

		private RawConnection connect() {
			return CuttingClients.this.connector.apply(CuttingClients.this.server.port());
		}

		int chunk() {
			int[] largest = { 3_000_000, 1 + this.content.length / 3, 8192, 16_384, 70_000 };
			// Tomcat bears some kilobytes of extensions.
			return Math.max(largest[this.random.nextInt(largest.length)], this.content.length / 100);
		}

		Pause pause() {
			return Pause.values()[this.random.nextInt(Pause.values().length)];
		}

		/**
		 * Returns all places, or some, the last ones rather.
		 */
		List<Integer> some(List<Integer> places) {
			if (this.random.nextInt(4) == 0) {
				return places.subList(Math.max(0, places.size() - 300), places.size());
			}
			int share = 1 + this.random.nextInt(20);
			int last = places.size() - this.random.nextInt(20);
			List<Integer> some = new ArrayList<>();
			for (int i = 0; i < places.size() && some.size() < 500; i++) {
				if (i >= last || this.random.nextInt(share) == 0) {
					some.add(places.get(i));
				}
			}
			return some;
		}

		private RawResponse create(String... more) {
			request("POST", this.creation, List.of(more), "Upload-Length: " + this.content.length);
			RawResponse response = read();
			assertThat(response.status()).as("%s", response).isEqualTo(201);
			return response;
		}

		private void request(String method, String path, List<String> more, String... headers) {
			List<String> lines = new ArrayList<>(
					List.of(method + " " + path + " HTTP/1.1", "Host: localhost", "Tus-Resumable: 1.0.0"));
			lines.addAll(more);
			lines.addAll(List.of(headers));
			this.connection.request(lines.toArray(String[]::new));
		}

		private RawResponse read() {
			try {
				return this.connection.read();
			}
			catch (UncheckedIOException ex) {
				if (ex.getCause() instanceof java.net.SocketTimeoutException) {
					throw new AssertionError("No answer for long\n" + dump(), ex);
				}
				throw ex;
			}
		}

		private static String dump() {
			StringBuilder dump = new StringBuilder();
			Map<Thread, StackTraceElement[]> traces = Thread.getAllStackTraces();
			traces.forEach((thread, frames) -> {
				if (Arrays.toString(frames).contains("tusspring.web") || thread.getName().contains("Poller")) {
					dump.append(thread).append('\n');
					Arrays.stream(frames).limit(40).forEach((frame) -> dump.append("\tat ").append(frame).append('\n'));
				}
			});
			return dump.toString();
		}

		byte[] content() {
			return this.content;
		}

		void begin(CutBody body, String... headers) {
			List<String> all = new ArrayList<>(body.headers());
			all.addAll(List.of(headers));
			request("PATCH", this.path, all, "Content-Type: application/offset+octet-stream", "Upload-Offset: 0");
		}

		/**
		 * Sends a body, cut at the places, and perhaps the next request right after it.
		 */
		void append(CutBody body, List<Integer> places, Pause pause, boolean followed) throws IOException {
			begin(body);
			byte[] bytes = body.bytes();
			if (followed) {
				byte[] next = ("HEAD " + this.path + " HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\n\r\n")
					.getBytes(StandardCharsets.ISO_8859_1);
				int end = bytes.length;
				bytes = Arrays.copyOf(bytes, end + next.length);
				System.arraycopy(next, 0, bytes, end, next.length);
			}
			CutBody.send(this.connection, bytes, places, pause);
			assertAppended();
			if (followed) {
				assertStatus(this.connection.readHead());
			}
			else {
				assertStatus(ask());
			}
		}

		void appendWhenAsked(CutBody body) throws IOException {
			if (body.bytes().length == 0) {
				append(body, List.of(), Pause.NONE, false);
				return;
			}
			begin(body, "Expect: 100-continue");
			assertThat(this.connection.readInterim().status()).isEqualTo(100);
			CutBody.send(this.connection, body.bytes(), some(body.places()), pause());
			assertAppended();
		}

		void sendSomeAnd(CutBody body) throws Exception {
			sendSome(body);
			this.connection.halfClose();
			resume();
		}

		private void sendSome(CutBody body) {
			begin(body);
			int place = body.places().get(this.random.nextInt(body.places().size()));
			CutBody.send(this.connection, Arrays.copyOf(body.bytes(), place), some(body.places()), pause());
		}

		void createWith(CutBody body) throws IOException {
			request("POST", this.creation, body.headers(), "Content-Type: application/offset+octet-stream",
					"Upload-Length: " + this.content.length);
			CutBody.send(this.connection, body.bytes(), some(body.places()), pause());
			RawResponse response = read();
			assertThat(response.header("Upload-Offset")).as("%s", response).isEqualTo("" + this.content.length);
			this.path = (response.header("Location") != null) ? response.header("Location") : this.path;
			assertThat(response.status()).as("%s", response).isIn(200, 201);
			if (response.status() == 201 || this.creation.equals("/files")) {
				assertStored();
			}
			else {
				assertThat(response.text()).isEqualTo(sum(this.content));
			}
		}

		void beTakenOver(CutBody body) throws Exception {
			begin(body);
			byte[] bytes = body.bytes();
			int place = body.places().get(this.random.nextInt(body.places().size()));
			connectionSend(bytes, 0, place);
			Thread sender = new Thread(() -> {
				try {
					connectionSend(bytes, place, bytes.length);
				}
				catch (UncheckedIOException ex) {
					// It was closed for the sake of the other.
				}
			});
			RawConnection first = this.connection;
			sender.start();
			try {
				resume();
			}
			finally {
				sender.join(SOON.toMillis());
				first.close();
			}
			assertThat(sender.isAlive()).isFalse();
		}

		private void connectionSend(byte[] bytes, int from, int to) {
			RawConnection connection = this.connection;
			for (int at = from; at < to;) {
				int size = Math.min(1 + this.content.length / 7, to - at);
				connection.send(bytes, at, size);
				at += size;
			}
		}

		/**
		 * Goes on with another connection from where the upload is.
		 */
		void resume() throws Exception {
			long end = System.nanoTime() + SOON.toNanos();
			while (true) {
				try (Client next = new Client(this)) {
					RawResponse status = next.ask();
					if (status.status() == 200) {
						int offset = Integer.parseInt(status.header("Upload-Offset"));
						if (offset == this.content.length && this.path.startsWith("/files")) {
							assertStored();
							return;
						}
						if (offset == this.content.length && offset > 0) {
							// Its answer is kept for who asks with nothing more to say.
							next.request("PATCH", this.path, List.of("Content-Length: 0"),
									"Content-Type: application/offset+octet-stream", "Upload-Offset: " + offset);
						}
						else {
							CutBody rest = CutBody.of(Form.CHUNKED, this.content, offset, this.random, chunk());
							next.request("PATCH", this.path, rest.headers(),
									"Content-Type: application/offset+octet-stream", "Upload-Offset: " + offset);
							try {
								CutBody.send(next.connection, rest.bytes(), some(rest.places()), pause());
							}
							catch (UncheckedIOException ex) {
								// The request that was given up came in later, and is
								// told so.
							}
						}
						RawResponse answer = next.read();
						if (answer.status() == 200 || answer.status() == 204) {
							next.assertAppended(answer);
							return;
						}
						assertThat(answer.status()).as("%s", answer).isIn(409, 423);
					}
					else {
						assertThat(status.status()).as("%s", status).isEqualTo(423);
					}
				}
				assertThat(System.nanoTime()).as("the time to resume").isLessThan(end);
				Thread.sleep(20);
			}
		}

		private Client(Client previous) {
			this.random = previous.random;
			this.creation = previous.creation;
			this.content = previous.content;
			this.path = previous.path;
			this.connection = connect().timeout(SOON);
		}

		private RawResponse ask() {
			request("HEAD", this.path, List.of());
			return read();
		}

		private void assertStatus(RawResponse response) {
			assertThat(response.status()).as("%s", response).isEqualTo(200);
			assertThat(response.header("Upload-Offset")).as("%s", response).isEqualTo("" + this.content.length);
		}

		void assertAppended() throws IOException {
			assertAppended(read());
		}

		private void assertAppended(RawResponse response) throws IOException {
			assertThat(response.header("Upload-Offset")).as("%s", response).isEqualTo("" + this.content.length);
			if (this.path.startsWith("/files")) {
				assertThat(response.status()).as("%s", response).isEqualTo(204);
				assertStored();
			}
			else {
				assertThat(response.status()).as("%s", response).isEqualTo(200);
				assertThat(response.text()).isEqualTo(sum(this.content));
			}
		}

		private void assertStored() throws IOException {
			if (this.path.startsWith("/files")) {
				UploadId id = UploadId.of(this.path.substring(this.path.lastIndexOf('/') + 1));
				try (InputStream stored = CuttingClients.this.server.bean(TusUploads.class).open(id).getInputStream()) {
					assertThat(Arrays.equals(stored.readAllBytes(), this.content)).isTrue();
				}
			}
		}

		@Override
		public void close() {
			this.connection.close();
		}

	}

	/**
	 * Counts the requests that have begun and not ended.
	 */
	static class OpenRequests extends OncePerRequestFilter {

		private final Set<AsyncListener> open = ConcurrentHashMap.newKeySet();

		int count() {
			return this.open.size();
		}

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			AsyncListener end = new End();
			this.open.add(end);
			try {
				chain.doFilter(request, response);
			}
			finally {
				if (request.isAsyncStarted()) {
					request.getAsyncContext().addListener(end);
				}
				else {
					this.open.remove(end);
				}
			}
		}

		/**
		 * Counts once, however often a container tells of it.
		 */
		private final class End implements AsyncListener {

			@Override
			public void onComplete(AsyncEvent event) {
				OpenRequests.this.open.remove(this);
			}

			@Override
			public void onTimeout(AsyncEvent event) {
			}

			@Override
			public void onError(AsyncEvent event) {
			}

			@Override
			public void onStartAsync(AsyncEvent event) {
				event.getAsyncContext().addListener(this);
			}

		}

	}

	@FunctionalInterface
	private interface Upload {

		void send(long seed) throws Exception;

	}

	static String sum(byte[] content) {
		CRC32 sum = new CRC32();
		sum.update(content);
		return content.length + " " + sum.getValue();
	}

}
