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

import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class UnboundThreadFactoryTests {

	private final UnboundThreadFactory factory = new UnboundThreadFactory("tus-");

	@Test
	void whenAThreadBeginsThenItHasNothingOfWhoStartedIt() throws Exception {
		InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
		AtomicReference<String> seen = new AtomicReference<>("nothing yet");
		user.set("anna");
		Thread thread = this.factory.newThread(() -> seen.set(user.get()));
		user.remove();
		thread.start();
		thread.join(10_000);
		assertThat(seen.get()).isNull();
	}

	@Test
	void whenAThreadIsMadeThenItKeepsNoApplicationRunningAndHasANumber() {
		Thread first = this.factory.newThread(() -> {
		});
		Thread second = this.factory.newThread(() -> {
		});
		assertThat(first.isDaemon()).isTrue();
		assertThat(first.getName()).isEqualTo("tus-1");
		assertThat(second.getName()).isEqualTo("tus-2");
	}

	@Test
	void whenAThreadIsMadeThenItFindsTheClassesOfTheApplication() {
		Thread current = Thread.currentThread();
		ClassLoader former = current.getContextClassLoader();
		ClassLoader application = new ClassLoader(former) {
		};
		try {
			current.setContextClassLoader(application);
			assertThat(this.factory.newThread(() -> {
			}).getContextClassLoader()).isSameAs(application);
		}
		finally {
			current.setContextClassLoader(former);
		}
	}

	@Test
	void whenAPriorityIsSetThenThreadsHaveIt() {
		this.factory.setThreadPriority(Thread.MIN_PRIORITY);
		assertThat(this.factory.newThread(() -> {
		}).getPriority()).isEqualTo(Thread.MIN_PRIORITY);
	}

}
