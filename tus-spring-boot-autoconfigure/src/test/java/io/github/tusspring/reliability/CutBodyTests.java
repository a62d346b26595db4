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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

import io.github.tusspring.reliability.CutBody.Form;
import io.github.tusspring.reliability.CutBody.Pause;
import io.github.tusspring.test.Container;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.web.ServletTransfers;
import org.apache.coyote.AbstractProtocol;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Bodies that come as a network brings them, cut anywhere, and clients that do anything
 * meanwhile: each request is answered soon, all that was sent is stored, and when it is
 * over, no thread, no place and no request is left.
 */
@ParameterizedClass
@EnumSource(Container.class)
class CutBodyTests {

	private static final Duration SOON = Duration.ofSeconds(10);

	private static final int TURN = 1024 * 1024;

	private static TestServer server;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) {
		server = container.server()
			.property("tus.endpoints[0].path", "/take")
			.property("tus.append.idle-timeout", "20s")
			.property("tus.storage.disk.durability", "none")
			.with((container == Container.JETTY) ? JettyApplication.class : Application.class)
			.start();
	}

	@AfterParameterizedClassInvocation
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "CHUNKED", "TRAILER" })
	void bodyIsStoredWhereverItIsCut(Form form) throws Exception {
		for (int length : new int[] { 0, 10 }) {
			for (int place : CutBody.of(form, new byte[length], 0, new Random(length), 7).places()) {
				Random random = new Random(length);
				try (Client client = new Client((place % 2 == 0) ? "/files" : "/take", random, length)) {
					client.append(CutBody.of(form, client.content, 0, random, 7), List.of(place), Pause.YIELD,
							place % 3 != 0);
				}
			}
		}
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@EnumSource(Form.class)
	@Tag("long")
	void bodyIsStoredWhereverItIsCutWithAPause(Form form) throws Exception {
		for (String path : List.of("/files", "/take")) {
			for (int length : new int[] { 0, 1, 10, 300 }) {
				for (int place : CutBody.of(form, new byte[length], 0, new Random(length), 100).places()) {
					for (Pause pause : Pause.values()) {
						Random random = new Random(length);
						try (Client client = new Client(path, random, length)) {
							client.append(CutBody.of(form, client.content, 0, random, 100), List.of(place), pause,
									random.nextBoolean());
						}
					}
				}
			}
		}
		assertNothingIsLeft();
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 10, 0xffff, 0x10000, 0x10001, TURN - 1, TURN, TURN + 1, 1_200_000, 3_000_000 })
	@Tag("long")
	void bodyIsStoredHoweverOftenItIsCut(int length) throws Exception {
		for (int seed = 0; seed < rounds(20); seed++) {
			for (Form form : Form.values()) {
				Random random = new Random(seed);
				String path = random.nextBoolean() ? "/files" : "/take";
				try (Client client = new Client(path, random, length)) {
					CutBody body = CutBody.of(form, client.content, 0, random, client.chunk());
					client.append(body, client.some(body.places()), client.pause(), random.nextBoolean());
				}
			}
		}
		assertNothingIsLeft();
	}

	@Test
	void nothingIsLeftOfManyClientsThatDoAnything() throws Exception {
		runMany(24, 6, 0);
	}

	@Test
	@Tag("long")
	void nothingIsLeftOfManyMoreClientsThatDoAnything() throws Exception {
		for (int round = 1; round <= rounds(5); round++) {
			runMany(40, 30, round);
		}
	}

	private static int rounds(int some) {
		return Integer.getInteger("cut.rounds", some);
	}

	private static void runMany(int clients, int uploads, long round) throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(clients);
		try {
			List<Future<?>> runs = new ArrayList<>();
			for (int i = 0; i < clients; i++) {
				Random random = new Random(round * 1000 + i);
				runs.add(threads.submit(() -> {
					for (int n = 0; n < uploads; n++) {
						runOne(random.nextLong());
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
		assertNothingIsLeft();
	}

	private static void runOne(long seed) throws Exception {
		Random random = new Random(seed);
		int[] lengths = { 0, 1, 10, 5000, 0xffff, 0x10000, 0x10001, TURN - 1, TURN, TURN + 1, 1_200_000, 3_000_000 };
		int length = lengths[random.nextInt(lengths.length)];
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
	private static void assertNothingIsLeft() throws InterruptedException {
		assertThat(ManagementFactory.getThreadMXBean().findDeadlockedThreads()).isNull();
		await().atMost(SOON).untilAsserted(() -> {
			assertThat(busyThreads()).isEmpty();
			assertThat(openRequests()).isZero();
			Object transfers = server.bean(ServletTransfers.class);
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

	private static int openRequests() {
		ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) server.context();
		if (context.getWebServer() instanceof TomcatWebServer tomcat) {
			AbstractProtocol<?> protocol = (AbstractProtocol<?>) tomcat.getTomcat().getConnector().getProtocolHandler();
			return protocol.getWaitingProcessorCount();
		}
		return server.bean(StatisticsHandler.class).getRequestsActive();
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
	private static final class Client implements AutoCloseable {

		private final Random random;

		private final String creation;

		private final byte[] content;

		private RawConnection connection;

		private String path = "";

		Client(String creation, Random random, int length) {
			this.random = random;
			this.creation = creation;
			this.content = new byte[length];
			random.nextBytes(this.content);
			this.connection = RawConnection.to(server.port()).timeout(SOON);
			this.path = create("Content-Length: 0").header("Location");
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
			this.connection = RawConnection.to(server.port()).timeout(SOON);
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
				try (InputStream stored = server.bean(TusUploads.class).open(id).getInputStream()) {
					assertThat(Arrays.equals(stored.readAllBytes(), this.content)).isTrue();
				}
			}
		}

		@Override
		public void close() {
			this.connection.close();
		}

	}

	private static String sum(byte[] content) {
		CRC32 sum = new CRC32();
		sum.update(content);
		return content.length + " " + sum.getValue();
	}

	@Configuration(proxyBeanMethods = false)
	@Import(Taker.class)
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Taker.class)
	static class JettyApplication {

		@Bean
		StatisticsHandler statistics() {
			return new StatisticsHandler();
		}

		@Bean
		WebServerFactoryCustomizer<JettyServletWebServerFactory> counting(StatisticsHandler statistics) {
			return (factory) -> factory.addServerCustomizers((jetty) -> jetty.insertHandler(statistics));
		}

	}

	@RestController
	static class Taker {

		@PostMapping("/take")
		String take(InputStream body) throws IOException {
			return sum(body.readAllBytes());
		}

	}

}
