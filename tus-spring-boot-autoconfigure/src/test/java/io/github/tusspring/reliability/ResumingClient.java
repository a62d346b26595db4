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

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.RawResponse;

/**
 * Uploads one file after the other and goes on after each failure as the protocol says.
 * Notes what was acknowledged, and what the server may never do.
 */
final class ResumingClient implements Runnable {

	private static final int MAX_PIECE = 16 * 1024 * 1024;

	private final Random random;

	private final TusRequests requests;

	private final int maxLength;

	private final Map<String, Long> completed;

	private final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

	private final Set<Integer> proxyErrors;

	private volatile boolean stopped;

	private long resumed;

	/**
	 * Creates a client.
	 * @param port where the server is, was or will be
	 * @param seed makes the client do the same again
	 * @param maxLength the length of the longest file
	 * @param completed gets the ids of finished uploads with the seeds of their contents
	 */
	ResumingClient(int port, long seed, int maxLength, Map<String, Long> completed) {
		this(port, seed, maxLength, completed, Set.of());
	}

	/**
	 * Creates a client of a server behind a proxy.
	 * @param proxyErrors the statuses that say that the server is not there
	 */
	ResumingClient(int port, long seed, int maxLength, Map<String, Long> completed, Set<Integer> proxyErrors) {
		this.proxyErrors = proxyErrors;
		this.requests = new TusRequests(port);
		this.random = new Random(seed);
		this.maxLength = maxLength;
		this.completed = completed;
	}

	/**
	 * Lets the client finish its file and no other.
	 */
	void stop() {
		this.stopped = true;
	}

	List<String> complaints() {
		return new ArrayList<>(this.complaints);
	}

	long resumed() {
		return this.resumed;
	}

	static byte[] content(long seed, int length) {
		return content(seed, 0, length);
	}

	/**
	 * Returns a piece of a content, which need not be in memory as a whole.
	 */
	private static byte[] content(long seed, int from, int length) {
		byte[] bytes = new byte[length];
		long word = 0;
		for (int i = 0; i < length; i++) {
			int at = from + i;
			if (i == 0 || at % Long.BYTES == 0) {
				word = mix(seed + at / Long.BYTES * 0x9e3779b97f4a7c15L);
			}
			bytes[i] = (byte) (word >>> Long.SIZE - Byte.SIZE - at % Long.BYTES * Byte.SIZE);
		}
		return bytes;
	}

	private static long mix(long number) {
		long mixed = (number ^ (number >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

	/**
	 * Returns the checksum of a content, which is made piece by piece.
	 */
	static String sha256(long seed, int length) {
		try {
			MessageDigest digest = MessageDigest.getInstance("SHA-256");
			for (int from = 0; from < length; from += MAX_PIECE) {
				digest.update(content(seed, from, Math.min(MAX_PIECE, length - from)));
			}
			return HexFormat.of().formatHex(digest.digest());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void run() {
		while (!this.stopped) {
			long seed = this.random.nextLong();
			int length = (this.random.nextInt(20) == 0) ? 0 : this.random.nextInt(this.maxLength) + 1;
			try {
				upload(seed, length);
			}
			catch (RuntimeException ex) {
				complain("upload of seed " + seed + " failed: " + ex);
			}
		}
	}

	private void complain(String complaint) {
		this.complaints.add(complaint);
	}

	private void upload(long seed, int length) {
		String metadata = "Upload-Metadata: seed "
				+ Base64.getEncoder().encodeToString(Long.toString(seed).getBytes(StandardCharsets.US_ASCII));
		String path = null;
		long acknowledged = 0;
		while (path == null) {
			boolean body = this.random.nextBoolean();
			byte[] first = body ? piece(seed, length, 0) : new byte[0];
			RawResponse response = answer(() -> this.requests.post(first, metadata, "Upload-Length: " + length));
			if (response != null && response.status() == 201) {
				path = response.header("Location");
				acknowledged = Long.parseLong(response.header("Upload-Offset"));
			}
			else {
				expect(response, "POST", 423);
			}
		}
		while (acknowledged < length) {
			acknowledged = goOn(path, seed, length, acknowledged);
		}
		this.completed.put(path.substring("/files/".length()), seed);
	}

	private byte[] piece(long seed, int length, long from) {
		int rest = (int) Math.min(MAX_PIECE, length - from);
		int count = (this.random.nextInt(3) == 0) ? rest : Math.min(rest, this.random.nextInt(200_000) + 1);
		return content(seed, (int) from, count);
	}

	private long goOn(String path, long seed, int length, long acknowledged) {
		byte[] piece = piece(seed, length, acknowledged);
		String[] headers = (this.random.nextInt(3) == 0) ? new String[] { "Upload-Checksum: sha1 " + sha1(piece) }
				: new String[0];
		boolean slow = !this.proxyErrors.isEmpty() && this.random.nextInt(3) == 0;
		RawResponse response = answer(() -> slow ? patchSlowly(path, acknowledged, piece)
				: this.requests.patch(path, acknowledged, piece, headers));
		if (response != null && response.status() == 204) {
			long offset = Long.parseLong(response.header("Upload-Offset"));
			if (offset != acknowledged + piece.length) {
				complain(path + ": PATCH of " + piece.length + " at " + acknowledged + " says " + offset);
			}
			return offset;
		}
		expect(response, "PATCH " + path, 409, 423);
		return inspect(path, length, acknowledged);
	}

	/**
	 * Sends some bytes now and then, so that an instance can end in the middle, and
	 * breaks off every now and then.
	 */
	private RawResponse patchSlowly(String path, long offset, byte[] piece) {
		try (RawConnection connection = this.requests.openPatch(path, offset, piece.length)
			.timeout(Duration.ofSeconds(60))) {
			int slices = this.random.nextInt(8) + 1;
			int last = (this.random.nextInt(3) == 0) ? this.random.nextInt(slices) : slices;
			for (int i = 0; i < last; i++) {
				connection.send(Arrays.copyOfRange(piece, (int) ((long) piece.length * i / slices),
						(int) ((long) piece.length * (i + 1) / slices)));
				pause(this.random.nextInt(200));
			}
			return (last == slices) ? connection.read() : null;
		}
	}

	private long inspect(String path, long length, long acknowledged) {
		this.resumed++;
		while (true) {
			RawResponse response = answer(() -> this.requests.head(path));
			if (response != null && response.status() == 200) {
				long offset = Long.parseLong(response.header("Upload-Offset"));
				if (offset < acknowledged || offset > length) {
					complain(path + ": " + acknowledged + " bytes were acknowledged, HEAD says " + offset);
				}
				return offset;
			}
			if (response != null && response.status() == 404) {
				complain(path + " is lost");
				return length;
			}
			expect(response, "HEAD " + path, 423);
		}
	}

	private void expect(RawResponse response, String request, Integer... statuses) {
		if (response != null && !List.of(statuses).contains(response.status())
				&& !this.proxyErrors.contains(response.status())) {
			complain(request + ": " + response);
		}
		pause();
	}

	private static void pause() {
		pause(20);
	}

	private static void pause(long millis) {
		try {
			Thread.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Returns the answer, or {@code null} if there is none because the server is gone.
	 */
	private static RawResponse answer(java.util.function.Supplier<RawResponse> request) {
		try {
			return request.get();
		}
		catch (UncheckedIOException ex) {
			return null;
		}
	}

	private static String sha1(byte[] bytes) {
		try {
			return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(bytes));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static Map<String, Long> newResults() {
		return new ConcurrentHashMap<>();
	}

}
