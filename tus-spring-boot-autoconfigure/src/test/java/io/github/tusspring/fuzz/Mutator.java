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

package io.github.tusspring.fuzz;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Changes good input at random, where no fuzzer runs. {@code -Dfuzz.seconds} says for how
 * long, {@code -Dfuzz.seed} does the same again.
 */
final class Mutator {

	private static final List<String> TOKENS = List.of("\r\n", "\n", "\r\n\r\n", "\0", " ", "  ", ",", ";", ":", "/",
			"..", "../", "%2e%2e%2f", "%00", "-1", "+5", "0", "9223372036854775807", "9223372036854775808", "1e3", "=",
			"==", "\u00ff", "{", "}", "[", "\"", "null", "true", "Upload-Length: 5\r\n",
			"Transfer-Encoding: chunked\r\n", "Content-Length: 3\r\n", "Upload-Offset: 0\r\n", "0\r\n\r\n",
			"ffffffffffffffff\r\n", "final;", "partial", "sha1 ", "Cut", "Size", "State", "FINISHING");

	private static final Duration TIME = Duration
		.ofMillis((long) (1000 * Double.parseDouble(System.getProperty("fuzz.seconds", "0.2"))));

	private final Random random;

	private final long seed;

	Mutator() {
		this.seed = Long.getLong("fuzz.seed", System.nanoTime());
		this.random = new Random(this.seed);
	}

	/**
	 * Gives mutants of the given inputs to a target for a while.
	 */
	int run(List<byte[]> inputs, Consumer<byte[]> target) {
		long end = System.nanoTime() + TIME.toNanos();
		int count = 0;
		for (; System.nanoTime() < end; count++) {
			byte[] mutant = mutate(inputs.get(this.random.nextInt(inputs.size())));
			try {
				target.accept(mutant);
			}
			catch (Throwable ex) {
				throw new AssertionError("Mutant " + count + ", again with -Dfuzz.seed=" + this.seed + ":\n"
						+ new String(mutant, StandardCharsets.ISO_8859_1), ex);
			}
		}
		return count;
	}

	private byte[] mutate(byte[] input) {
		byte[] result = input;
		int changes = 1 + this.random.nextInt(4);
		for (int i = 0; i < changes; i++) {
			int from = this.random.nextInt(result.length + 1);
			int to = Math.min(result.length, from + this.random.nextInt(12));
			result = switch (this.random.nextInt(5)) {
				case 0 -> replace(result, from, to, new byte[0]);
				case 1 -> replace(result, from, from, token());
				case 2 -> replace(result, from, to, token());
				case 3 -> replace(result, from, from, Arrays.copyOfRange(result, from, to));
				default -> replace(result, from, Math.min(result.length, from + 1),
						new byte[] { (byte) this.random.nextInt(256) });
			};
		}
		return (this.random.nextInt(20) == 0) ? Arrays.copyOf(result, this.random.nextInt(result.length + 1)) : result;
	}

	private byte[] token() {
		return TOKENS.get(this.random.nextInt(TOKENS.size())).getBytes(StandardCharsets.ISO_8859_1);
	}

	private static byte[] replace(byte[] input, int from, int to, byte[] by) {
		byte[] result = new byte[from + by.length + input.length - to];
		System.arraycopy(input, 0, result, 0, from);
		System.arraycopy(by, 0, result, from, by.length);
		System.arraycopy(input, to, result, from + by.length, input.length - to);
		return result;
	}

}
