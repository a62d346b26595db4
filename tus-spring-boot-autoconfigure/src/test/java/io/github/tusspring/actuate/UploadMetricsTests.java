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

package io.github.tusspring.actuate;

import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.InsufficientStorageException;
import io.github.tusspring.upload.StorageOperation;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UploadMetricsTests {

	private static final UploadId ID = UploadId.of("a");

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final UploadMetrics metrics = new UploadMetrics(this.registry, EndpointRules.NONE, false);

	@Test
	void callForWhichThereIsNoRoomIsAnErrorOfTheStorages() {
		end(new InsufficientStorageException("full"));
		assertThat(calls("error")).isOne();
		end(new UploadLockedException(ID));
		assertThat(calls("refused")).isOne();
		end(null);
		assertThat(calls("success")).isOne();
	}

	private void end(Throwable failure) {
		this.metrics.storageCalled(StorageOperation.UPDATE, ID).ended(failure);
	}

	private long calls(String outcome) {
		return this.registry.get("tus.storage").tag("outcome", outcome).timer().count();
	}

}
