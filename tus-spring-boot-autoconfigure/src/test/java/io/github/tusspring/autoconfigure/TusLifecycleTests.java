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

package io.github.tusspring.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;
import java.util.stream.Stream;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import io.github.tusspring.upload.DelegatingUploadStorage;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class TusLifecycleTests {

	@TempDir
	private Path directory;

	@Test
	void endOfTheApplicationWaitsForAPassThroughTheStorage() throws Exception {
		SlowStorage storage = new SlowStorage(new DiskUploadStorage(this.directory, Durability.NONE, 0));
		new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(TusAutoConfiguration.class))
			.withBean(UploadStorage.class, () -> storage)
			.withPropertyValues("tus.expiration.cleanup-interval=10ms")
			.run((context) -> {
				assertThat(storage.listing.await(20, TimeUnit.SECONDS)).isTrue();
				storage.closer = Thread.currentThread();
			});
		storage.closed = true;
		assertThat(storage.endedAfterClose.get(20, TimeUnit.SECONDS)).isFalse();
	}

	/**
	 * Goes on listing until somebody waits for that, or has not waited for it.
	 */
	private static final class SlowStorage extends DelegatingUploadStorage {

		private final CountDownLatch listing = new CountDownLatch(1);

		private final CompletableFuture<Boolean> endedAfterClose = new CompletableFuture<>();

		private volatile Thread closer;

		private volatile boolean closed;

		private SlowStorage(UploadStorage delegate) {
			super(delegate);
		}

		@Override
		public Stream<Upload> list(BiPredicate<UploadId, Instant> interest) throws IOException {
			this.listing.countDown();
			await().until(
					() -> this.closed || (this.closer != null && this.closer.getState() == Thread.State.TIMED_WAITING));
			this.endedAfterClose.complete(this.closed);
			return super.list(interest);
		}

	}

}
