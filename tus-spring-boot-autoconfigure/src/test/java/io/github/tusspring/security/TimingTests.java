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

package io.github.tusspring.security;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.web.UploadOwnerResolver;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long it takes to hear that there is no such upload says nothing of whether there is
 * one of somebody else's. What else runs on the machine takes its time, too.
 */
@Tag("long")
class TimingTests {

	private static final int SAMPLES = 300;

	/**
	 * The machine may do something else meanwhile.
	 */
	private static final int TRIES = 3;

	private static final int ROUNDS = 5;

	private static final TestServer server = TestServer.tomcat()
		.with(Owners.class)
		.property("server.tomcat.max-keep-alive-requests", "-1")
		.start();

	@AfterAll
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "HEAD", "PATCH", "DELETE" })
	void foreignUploadsTakeAsLongAsMissingOnes(String method) {
		compare((path) -> {
			RawRequest request = RawRequest.of(method, server.uri(path));
			return method.equals("PATCH") ? request.with("Upload-Offset: 0")
				.with("Content-Type: application/offset+octet-stream")
				.body("hello") : request;
		}, create((request) -> request.with("Upload-Length: 5")));
	}

	@Test
	void foreignUploadsOfTheDraftTakeAsLongAsMissingOnes() {
		compare((path) -> draft(RawRequest.of("HEAD", server.uri(path))),
				create((request) -> draft(request).with("Upload-Complete: ?0")));
	}

	private static RawRequest draft(RawRequest request) {
		return request.without("Tus-Resumable").with("Upload-Draft-Interop-Version: 9");
	}

	private static List<String> create(UnaryOperator<RawRequest> kind) {
		List<String> foreign = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			RawRequest request = RawRequest.of("POST", server.uri("/files"))
				.with("X-User: anna")
				.with("Content-Length: 0");
			foreign.add(kind.apply(request).send().header("Location"));
		}
		return foreign;
	}

	private static void compare(Function<String, RawRequest> request, List<String> foreign) {
		double chance = 0;
		for (int i = 0; i < TRIES; i++) {
			chance = median(request, foreign);
			if (chance > 0.35 && chance < 0.65) {
				return;
			}
		}
		assertThat(chance).as("chance that the answer for a foreign upload takes longer").isBetween(0.35, 0.65);
	}

	private static double median(Function<String, RawRequest> request, List<String> foreign) {
		double[] chances = new double[ROUNDS];
		for (int i = 0; i < ROUNDS; i++) {
			chances[i] = measure(request, foreign);
		}
		// In the first rounds the server warms up.
		double[] warm = Arrays.copyOfRange(chances, 2, ROUNDS);
		Arrays.sort(warm);
		return warm[warm.length / 2];
	}

	/**
	 * Returns how often an answer to a foreign upload took longer than one to a missing
	 * one.
	 */
	private static double measure(Function<String, RawRequest> request, List<String> foreign) {
		List<Boolean> order = new ArrayList<>(Collections.nCopies(SAMPLES, true));
		order.addAll(Collections.nCopies(SAMPLES, false));
		Collections.shuffle(order, new Random(7));
		long[][] times = new long[2][SAMPLES];
		int[] counts = new int[2];
		try (RawConnection connection = RawConnection.to(server.port())) {
			for (boolean isForeign : order) {
				int kind = isForeign ? 1 : 0;
				String path = isForeign ? foreign.get(counts[kind] % foreign.size())
						: "/files/" + UUID.randomUUID().toString().replace("-", "");
				times[kind][counts[kind]++] = time(connection, request.apply(path));
			}
		}
		return chance(times[1], times[0]);
	}

	private static long time(RawConnection connection, RawRequest request) {
		request.with("X-User: eve");
		long begun = System.nanoTime();
		int status = request.on(connection).read().status();
		long time = System.nanoTime() - begun;
		assertThat(status).isEqualTo(404);
		return time;
	}

	private static double chance(long[] ones, long[] others) {
		long longer = Arrays.stream(ones)
			.map((one) -> Arrays.stream(others).filter((other) -> one > other).count())
			.sum();
		return (double) longer / ones.length / others.length;
	}

	@Configuration(proxyBeanMethods = false)
	static class Owners {

		@Bean
		UploadOwnerResolver owner() {
			return (request) -> request.getHeader("X-User");
		}

	}

}
