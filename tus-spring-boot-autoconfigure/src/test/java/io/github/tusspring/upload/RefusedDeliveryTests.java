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

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Full uploads that may not be delivered.
 */
class RefusedDeliveryTests {

	private static final UploadId ID = UploadId.of("a");

	private final Set<UploadIntent> forbidden = EnumSet.noneOf(UploadIntent.class);

	private final TestEngine engine;

	RefusedDeliveryTests(@TempDir Path directory) {
		UploadGuard guard = new UploadGuard(List.of((access) -> {
			if (this.forbidden.contains(access.intent())) {
				throw new UploadForbiddenException("no more");
			}
		}));
		this.engine = new TestEngine(TestEngine.disk(directory), guard, AbsentClients.UNKNOWN);
	}

	@BeforeEach
	void create() {
		this.engine.create("a", 3L);
	}

	private void assertRefused() {
		assertThat(this.engine.stored("a").state()).isEqualTo(UploadState.REJECTED);
		assertThat(this.engine.attempts("a")).isEmpty();
		this.engine.locker.tryLock(ID).close();
	}

	@Test
	void whenAnUploadMayNotBeDeliveredThenItsClientHearsWhyAndItIsFree() {
		this.forbidden.add(UploadIntent.DELIVER);
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> this.engine.append("a", 0, "abc"))
			.withMessage("no more")
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(403));
		assertRefused();
	}

	@Test
	void whenItsClientMayNotEvenSeeItThenThereIsNone() {
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		this.forbidden.addAll(EnumSet.of(UploadIntent.DELIVER, UploadIntent.INSPECT));
		assertThatExceptionOfType(UploadNotFoundException.class).isThrownBy(() -> session.complete(() -> null));
		assertRefused();
	}

	@Test
	void whenItsClientWasCutOffThenItIsRefusedToo() {
		AppendSession session = this.engine.begin("a", 0);
		session.write(TestEngine.bytes("abc"));
		this.forbidden.add(UploadIntent.DELIVER);
		session.interrupt();
		assertRefused();
	}

}
