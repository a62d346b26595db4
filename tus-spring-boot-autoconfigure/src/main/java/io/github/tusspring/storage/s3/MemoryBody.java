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

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import org.reactivestreams.Subscriber;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.SdkPublisher;

/**
 * A body that is in memory, and is read from there for each attempt to send it. Other
 * than the SDK's own it shows the arrays of its buffers, so that they needn't be copied
 * for a checksum, and knows whether the buffers may be used again. Thread-safe.
 */
final class MemoryBody implements AsyncRequestBody {

	private final List<ByteBuffer> buffers;

	private final AtomicInteger attempts = new AtomicInteger();

	/**
	 * Creates a body.
	 * @param buffers what to send, from their positions to their limits, which don't
	 * change
	 */
	MemoryBody(List<ByteBuffer> buffers) {
		this.buffers = buffers;
	}

	@Override
	public Optional<Long> contentLength() {
		return Optional.of(this.buffers.stream().mapToLong(ByteBuffer::remaining).sum());
	}

	@Override
	public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
		this.attempts.incrementAndGet();
		SdkPublisher.fromIterable(this.buffers).map(ByteBuffer::duplicate).subscribe(subscriber);
	}

	/**
	 * Whether the first attempt was the last. If it was successful, nobody reads the
	 * buffers any more. An attempt that was given up may go on reading them for a while.
	 */
	boolean isReadOnce() {
		return this.attempts.get() == 1;
	}

}
