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

package io.github.tusspring.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Compares the bytes of an append with the checksum that its client sends before or after
 * them. Used by the thread that appends.
 */
final class BodyChecksum {

	private final AppendRequest request;

	private final @Nullable UploadWriter writer;

	private final @Nullable ParallelCalculation announced;

	/**
	 * One for each algorithm that a client may name when the storage can't be read again.
	 */
	private final Map<ChecksumAlgorithm, ChecksumAlgorithm.Calculation> candidates;

	/**
	 * Begins a comparison.
	 * @param request what the client says of the bytes
	 * @param writer writes the bytes, or {@code null} where they are stored already
	 */
	BodyChecksum(AppendRequest request, @Nullable UploadWriter writer) {
		this.request = request;
		this.writer = writer;
		this.announced = (request.checksum() != null) ? new ParallelCalculation(request.checksum().algorithm().start())
				: null;
		this.candidates = (request.checksumFollows() && writer != null && !writer.isReadable()) ? startAll() : Map.of();
	}

	private static Map<ChecksumAlgorithm, ChecksumAlgorithm.Calculation> startAll() {
		Map<ChecksumAlgorithm, ChecksumAlgorithm.Calculation> calculations = new EnumMap<>(ChecksumAlgorithm.class);
		for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
			calculations.put(algorithm, algorithm.start());
		}
		return calculations;
	}

	/**
	 * Takes all remaining bytes of the buffer, whose position stays.
	 */
	void update(ByteBuffer bytes) {
		if (this.announced != null) {
			this.announced.update(bytes.duplicate());
		}
		this.candidates.values().forEach((calculation) -> calculation.update(bytes.duplicate()));
	}

	/**
	 * Compares the bytes that have come.
	 * @param trailer the checksum that followed them, or {@code null}
	 * @throws ChecksumMismatchException if they have another checksum
	 * @throws InvalidUploadException if a checksum was to follow and didn't
	 */
	void verify(@Nullable Checksum trailer) throws IOException {
		if (this.request.checksumFollows() && trailer == null) {
			throw new InvalidUploadException("The promised checksum did not follow the body");
		}
		if (this.request.checksum() != null && this.announced != null) {
			compare(this.request.checksum(), this.announced);
		}
		if (trailer != null && this.writer != null) {
			compare(trailer, calculation(trailer.algorithm(), this.writer));
		}
	}

	private ChecksumAlgorithm.Calculation calculation(ChecksumAlgorithm algorithm, UploadWriter writer)
			throws IOException {
		ChecksumAlgorithm.Calculation calculation = this.candidates.get(algorithm);
		if (calculation == null) {
			// Its algorithm was not known before: the bytes have to be read again.
			calculation = algorithm.start();
			writer.read(calculation::update);
		}
		return calculation;
	}

	private static void compare(Checksum expected, ChecksumAlgorithm.Calculation calculation) {
		if (!expected.matches(calculation.value())) {
			throw new ChecksumMismatchException();
		}
	}

	/**
	 * Gives back what the calculation has borrowed.
	 */
	void close() {
		if (this.announced != null) {
			this.announced.close();
		}
	}

}
