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

package io.github.tusspring.web;

import java.util.concurrent.TimeUnit;

/**
 * How long a transfer keeps a thread that others wait for: for 1 MiB or 50 ms, however
 * slow the storage is. Not thread-safe.
 */
final class TransferTurn {

	private static final int BYTES = 1024 * 1024;

	private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private final long start = System.nanoTime();

	private long transferred;

	void transferred(int count) {
		this.transferred += count;
	}

	boolean isOver() {
		return this.transferred >= BYTES || System.nanoTime() - this.start >= NANOS;
	}

}
