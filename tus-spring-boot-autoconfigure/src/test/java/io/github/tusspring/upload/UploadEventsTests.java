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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.core.task.TaskRejectedException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

class UploadEventsTests {

	private static final Supplier<UploadObserver.Scope> NOWHERE = () -> UploadObserver.Scope.NONE;

	private final Deque<Runnable> tasks = new ArrayDeque<>();

	private final List<String> published = new ArrayList<>();

	private final Deque<Runnable> laterTasks = new ArrayDeque<>();

	private final UploadEvents events = new UploadEvents(this::publish, UploadObserver.NONE, this.tasks::add,
			this.laterTasks::add);

	private Runnable during;

	private Upload upload;

	private Upload other;

	@BeforeEach
	void create(@TempDir Path directory) {
		TestEngine engine = new TestEngine(TestEngine.disk(directory.resolve("uploads")));
		this.upload = engine.create("a", 6L);
		this.other = engine.create("b", 6L);
	}

	private void publish(Object event) {
		this.published.add(event.getClass().getSimpleName().replace("TusUpload", "").replace("Event", ""));
		Runnable during = this.during;
		this.during = null;
		if (during != null) {
			during.run();
		}
	}

	private void run() {
		while (!this.tasks.isEmpty()) {
			this.tasks.remove().run();
		}
		while (!this.laterTasks.isEmpty()) {
			this.laterTasks.remove().run();
		}
	}

	@Test
	void creationIsHeardOfAtOnceAndWhatOthersWaitForLater() {
		this.events.created(this.upload);
		this.events.progressed(this.upload, NOWHERE);
		this.events.interrupted(this.upload, NOWHERE);
		this.events.expired(this.upload);
		assertThat(this.published).containsExactly("Created");
		assertThat(this.tasks).hasSize(1);
		run();
		assertThat(this.published).containsExactly("Created", "Progress", "Interrupted", "Expired");
	}

	@Test
	void eachIsHeardOfWhileTheThreadWorksForTheUpload() {
		List<String> scopes = new ArrayList<>();
		UploadEvents scoped = new UploadEvents((event) -> scopes.add("heard"), new UploadObserver() {

			@Override
			public Scope working(UploadId id) {
				scopes.add("open " + id);
				return () -> scopes.add("close " + id);
			}

		}, this.tasks::add, this.laterTasks::add);
		scoped.created(this.upload);
		scoped.terminated(this.upload);
		scoped.expired(this.upload);
		run();
		scoped.interrupted(this.other, () -> {
			scopes.add("append opened");
			return () -> scopes.add("append closed");
		});
		run();
		assertThat(scopes).containsExactly("open a", "heard", "close a", "open a", "heard", "close a", "open a",
				"heard", "close a", "append opened", "heard", "append closed");
	}

	@Test
	void uploadsDoNotWaitForEachOther() {
		this.events.interrupted(this.upload, NOWHERE);
		this.events.interrupted(this.other, NOWHERE);
		assertThat(this.tasks).hasSize(2);
	}

	@Test
	void progressThatNobodyHasHeardOfYetIsReplaced() {
		for (int i = 1; i <= 5; i++) {
			this.events.progressed(this.upload.withOffset(i), NOWHERE);
		}
		run();
		assertThat(this.published).containsExactly("Progress");
	}

	@Test
	void progressTakesNoTaskOfItsOwnForEachAppend() {
		for (int i = 1; i <= 5; i++) {
			this.events.progressed(this.upload.withOffset(i), NOWHERE);
		}
		assertThat(this.tasks).isEmpty();
		assertThat(this.laterTasks).hasSize(1);
	}

	@Test
	void whatComesAfterProgressDoesNotWaitForIt() {
		this.events.progressed(this.upload, NOWHERE);
		this.events.interrupted(this.upload, NOWHERE);
		assertThat(this.tasks).hasSize(1);
		this.tasks.remove().run();
		assertThat(this.published).containsExactly("Progress", "Interrupted");
		this.laterTasks.remove().run();
		assertThat(this.published).hasSize(2);
	}

	@Test
	void eventsOfAnUploadAreHeardOfByOneThreadAtATime() {
		this.during = () -> {
			this.events.interrupted(this.upload, NOWHERE);
			while (!this.tasks.isEmpty()) {
				this.tasks.remove().run();
			}
			assertThat(this.published).containsExactly("Progress");
		};
		this.events.progressed(this.upload, NOWHERE);
		run();
		assertThat(this.published).containsExactly("Progress", "Interrupted");
	}

	@Test
	void terminationDoesNotWaitForProgress() {
		this.events.progressed(this.upload, NOWHERE);
		this.events.terminated(this.upload);
		run();
		assertThat(this.published).containsExactly("Terminated");
	}

	@Test
	void progressIsNotHeardOfAfterTheCompletion() {
		this.events.interrupted(this.upload, NOWHERE);
		this.events.progressed(this.upload, NOWHERE);
		this.events.finishing(this.upload);
		run();
		assertThat(this.published).containsExactly("Interrupted");
	}

	@Test
	void terminationComesAtOnceButNotBeforeAnEarlierEvent() {
		this.events.terminated(this.other);
		assertThat(this.published).containsExactly("Terminated");
		this.events.interrupted(this.upload, NOWHERE);
		this.events.terminated(this.upload);
		assertThat(this.published).containsExactly("Terminated");
		run();
		assertThat(this.published).containsExactly("Terminated", "Interrupted", "Terminated");
	}

	@Test
	void whoEndsAnAppendPublishesItWhenTheApplicationStopsAndNothingIsLeftBehind() {
		Executor executor = (task) -> {
			throw new TaskRejectedException("stopped");
		};
		UploadEvents stopped = new UploadEvents(this::publish, UploadObserver.NONE, executor, executor);
		assertThatNoException().isThrownBy(() -> stopped.progressed(this.upload, NOWHERE));
		stopped.interrupted(this.upload, NOWHERE);
		stopped.terminated(this.upload);
		assertThat(this.published).containsExactly("Interrupted", "Terminated");
	}

}
