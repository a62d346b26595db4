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
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A bean of the application throws what no signature tells of, as code in another
 * language may, or a proxy, wherever the engine calls one: no lock, no count and no file
 * stays taken, and what was full is delivered when the bean works again.
 */
class ThrowingBeanTests {

	private static final int LIMIT = 12;

	@TempDir
	private Path directory;

	private final AtomicReference<String> point = new AtomicReference<>("");

	private Throwable failure;

	private int thrown;

	private DiskUploadStorage disk;

	private TestEngine engine;

	static Stream<Arguments> points() {
		Stream<String> intents = Stream.of(UploadIntent.values()).map(Enum::name);
		return Stream.concat(intents, Stream.of("interceptor", "quota", "listener", "owner", "user"))
			.flatMap((point) -> Stream.of(new TimeoutException(), new StackOverflowError())
				.map((failure) -> Arguments.of(point, failure)));
	}

	@ParameterizedTest
	@MethodSource("points")
	void whateverABeanThrowsNothingStaysTaken(String point, Throwable failure) throws IOException {
		start();
		this.failure = failure;
		this.point.set(point);
		work("b", false);
		work("c", true);
		assertThat(this.thrown).isPositive();
		this.point.set("");
		this.engine.scheduler.run();
		this.engine.scheduler.run();
		for (Upload upload : uploads()) {
			this.engine.locker.tryLock(upload.id()).close();
			assertThat(upload.state()).as(upload.toString()).isNotEqualTo(UploadState.FINISHING);
			this.engine.service.terminate(upload.id(), TestEngine.CLIENT);
		}
		work("d", true);
		assertThat(this.engine.content("d-late")).isEqualTo("onetwo");
		assertThat(this.engine.inspect("d-whole").state()).isEqualTo(UploadState.COMPLETED);
		uploads().forEach((upload) -> this.engine.service.terminate(upload.id(), TestEngine.CLIENT));
		for (int i = 0; i < LIMIT; i++) {
			this.engine.create("e" + i, 3L);
		}
		this.disk.close();
		assertThat(openFiles()).isEmpty();
	}

	private void start() throws IOException {
		this.disk = new DiskUploadStorage(this.directory.resolve("uploads"), Durability.NONE, 0);
		UploadStorage storage = new QuotaUploadStorage(this.disk, new QuotaLimits(0, 0, 0, 0, 0, 0),
				() -> List.of((demand) -> pass("quota")));
		UploadGuard guard = new UploadGuard(List.of((access) -> pass(access.intent().name())));
		this.engine = new TestEngine(storage, null, Duration.ofHours(24), EndpointRules.NONE,
				new UploadLimits(LIMIT, 0, 1, 0, 1, 0, 9), guard, new AbsentClients(guard, (upload) -> {
					pass("owner");
					return () -> "anna";
				}, (user) -> {
					pass("user");
					return UploadObserver.Scope.NONE;
				}), (upload) -> {
					pass("interceptor");
					return upload;
				});
		this.engine.listener = (event) -> pass("listener");
	}

	private void pass(String name) {
		if (name.equals(this.point.get())) {
			this.thrown++;
			sneakyThrow(this.failure);
		}
	}

	/**
	 * Does all that can be done with uploads.
	 * @param late whether the bean fails only when something was done
	 */
	private void work(String name, boolean late) {
		String former = this.point.get();
		if (late) {
			this.point.set("");
		}
		attempt(() -> this.engine.create(name, null));
		attempt(() -> this.engine.create(name + "-removed", 3L));
		attempt(() -> this.engine.create(name + "-whole", 6L));
		for (String part : List.of("p", "q", "r")) {
			attempt(() -> this.engine.createPart(name + part, 3L));
		}
		append(name + "p", 0, "one", false);
		append(name, 0, "on", true);
		this.point.set(former);
		attempt(() -> this.engine.create(name + "-empty", 0L));
		append(name, 2, "et", true);
		append(name + "q", 0, "two", false);
		append(name + "-whole", 0, "onetwo", true);
		append(name + "-whole", 0, "onetwo", false);
		append(name + "-whole", 5, "o", false);
		attempt(() -> this.engine.createFinal(name + "-final", name + "p", name + "q"));
		attempt(() -> this.engine.createFinal(name + "-late", name + "p", name + "r"));
		append(name + "r", 0, "two", false);
		this.engine.scheduler.run();
		attempt(() -> this.engine.inspect(name));
		attempt(() -> {
			this.engine.service.download(UploadId.of(name + "-whole"), TestEngine.CLIENT).close();
			return null;
		});
		attempt(() -> {
			this.engine.service.terminate(UploadId.of(name + "-removed"), TestEngine.CLIENT);
			return null;
		});
	}

	/**
	 * Appends as those do who drive a session.
	 */
	private void append(String id, long offset, String text, boolean interrupted) {
		attempt(() -> {
			AppendSession session = this.engine.begin(id, offset);
			try {
				session.write(TestEngine.bytes(text));
			}
			catch (Throwable ex) {
				session.interrupt();
				throw ex;
			}
			return interrupted ? session.interrupt() : session.complete(() -> null);
		});
	}

	private static void attempt(Callable<?> action) {
		try {
			action.call();
		}
		catch (Throwable ex) {
			// Its client hears of it.
		}
	}

	private List<Upload> uploads() {
		try (Stream<Upload> uploads = this.engine.uploads.list()) {
			return uploads.toList();
		}
	}

	/**
	 * Returns the files in the directory that this process has open, where the system
	 * says that.
	 */
	private List<Path> openFiles() throws IOException {
		Path descriptors = Path.of("/proc/self/fd");
		if (!Files.isDirectory(descriptors)) {
			return List.of();
		}
		try (Stream<Path> open = Files.list(descriptors)) {
			return open.map(target()).filter((file) -> file.startsWith(this.directory)).toList();
		}
	}

	private static Function<Path, Path> target() {
		return (descriptor) -> {
			try {
				return Files.readSymbolicLink(descriptor);
			}
			catch (IOException ex) {
				return descriptor;
			}
		};
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneakyThrow(Throwable ex) throws T {
		throw (T) ex;
	}

}
