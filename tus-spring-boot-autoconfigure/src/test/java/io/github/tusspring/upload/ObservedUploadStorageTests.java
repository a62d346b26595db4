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
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What wraps a storage or a locker passes on all that it is asked, and tells of some.
 */
class ObservedUploadStorageTests {

	private static final UploadId ID = UploadId.of("a");

	private static final Upload UPLOAD = Upload.builder(NewUpload.builder(ID).length(3L).build(), Instant.EPOCH)
		.build();

	private static final Runnable RUNNABLE = () -> {
	};

	private static final Map<Class<?>, Object> VALUES = Map.ofEntries(Map.entry(UploadId.class, ID),
			Map.entry(Upload.class, UPLOAD), Map.entry(NewUpload.class, NewUpload.builder(ID).length(3L).build()),
			Map.entry(long.class, 7L), Map.entry(boolean.class, true), Map.entry(List.class, List.of(UPLOAD)),
			Map.entry(Path.class, Path.of("target")), Map.entry(Instant.class, Instant.EPOCH),
			Map.entry(Duration.class, Duration.ofSeconds(7)), Map.entry(Runnable.class, RUNNABLE),
			Map.entry(ByteBuffer.class, ByteBuffer.allocate(1)), Map.entry(Consumer.class, (Consumer<Object>) (o) -> {
			}), Map.entry(Resource.class, new ByteArrayResource(new byte[0])),
			Map.entry(Stream.class, Stream.of(UPLOAD)), Map.entry(URI.class, URI.create("https://store/a")),
			Map.entry(LockRequest.class, LockRequest.remove()),
			Map.entry(LockHolder.class, proxy(LockHolder.class, new ArrayList<>())),
			Map.entry(UploadLock.class, proxy(UploadLock.class, new ArrayList<>())),
			Map.entry(UploadWriter.class, proxy(UploadWriter.class, new ArrayList<>())));

	private final List<String> calls = new ArrayList<>();

	private final List<String> seen = new ArrayList<>();

	private final UploadObserver observer = new UploadObserver() {

		@Override
		public StorageCallObserver storageCalled(StorageOperation operation, UploadId id) {
			return (failure) -> ObservedUploadStorageTests.this.seen
				.add(operation + " " + id + ((failure != null) ? " " + failure.getMessage() : ""));
		}

		@Override
		public void lockAwaited(UploadId id, Duration waited, boolean locked) {
			ObservedUploadStorageTests.this.seen
				.add(((waited.toNanos() > 0 && waited.toHours() == 0) ? "waited " : "didn't wait ") + locked);
		}

	};

	@ParameterizedTest
	@MethodSource
	void everyMethodIsPassedOn(Class<?> type, Method method) throws Exception {
		Object[] arguments = Arrays.stream(method.getParameterTypes()).map(VALUES::get).toArray();
		Object result = method.invoke(decorate(type), arguments);
		assertThat(this.calls).containsExactly(method.getName() + Arrays.toString(arguments));
		if (method.getReturnType() != void.class && method.getReturnType() != UploadWriter.class) {
			assertThat(result).isEqualTo(value(method));
		}
	}

	static Stream<Object[]> everyMethodIsPassedOn() {
		// In an order that stays the same.
		return Stream.of(UploadStorage.class, UploadWriter.class, UploadLocker.class)
			.flatMap((type) -> Arrays.stream(type.getMethods())
				.sorted(Comparator.comparing(Method::toString))
				.map((method) -> new Object[] { type, method }));
	}

	private Object decorate(Class<?> type) throws IOException {
		if (type == UploadLocker.class) {
			return ObservedUploadLocker.of(proxy(UploadLocker.class, this.calls), this.observer);
		}
		if (type == UploadStorage.class) {
			return ObservedUploadStorage.of(proxy(UploadStorage.class, this.calls), this.observer);
		}
		UploadWriter writer = proxy(UploadWriter.class, this.calls);
		return ObservedUploadStorage.of(new ForwardingUploadStorage(proxy(UploadStorage.class, new ArrayList<>())) {

			@Override
			public UploadWriter append(Upload upload, long generation, boolean held) {
				return writer;
			}

		}, this.observer).append(UPLOAD, 1, false);
	}

	@Test
	void whenTheAnswerIsNoThenThatIsPassedOn() throws IOException {
		UploadStorage refusing = (UploadStorage) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { UploadStorage.class },
				(proxy, method, arguments) -> (method.getReturnType() == boolean.class) ? Boolean.FALSE : null);
		UploadStorage observed = ObservedUploadStorage.of(refusing, this.observer);
		assertThat(observed.use(ID, Instant.EPOCH)).isFalse();
		assertThat(observed.remembers(ID)).isFalse();
		assertThat(observed.hasContent(UPLOAD)).isFalse();
		assertThat(observed.delete(ID)).isFalse();
		assertThat(observed.delete(UPLOAD)).isFalse();
		assertThat(observed.isRemote()).isFalse();
		UploadLocker locker = (UploadLocker) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { UploadLocker.class }, (proxy, method, arguments) -> Boolean.FALSE);
		assertThat(ObservedUploadLocker.of(locker, this.observer).ask(ID, LockRequest.inspect(), Duration.ZERO))
			.isFalse();
	}

	@Test
	void whenALockIsHadAtOnceThenThatIsSeen() {
		UploadLocker locker = ObservedUploadLocker.of(proxy(UploadLocker.class, this.calls), this.observer);
		locker.tryLock(ID, LockHolder.UNINTERRUPTIBLE);
		assertThat(this.seen).containsExactly("waited true");
	}

	@Test
	void whenTheStorageHasAFenceThenItIsPassedOn() throws IOException {
		UploadStorage fenced = (UploadStorage) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { UploadStorage.class, UploadFence.class }, (proxy, method, arguments) -> {
					this.calls.add(method.getName() + Arrays.toString(arguments));
					return (method.getReturnType() == boolean.class) ? Boolean.FALSE : null;
				});
		UploadFence fence = new ForwardingUploadStorage(fenced);
		fence.enter(ID);
		assertThat(fence.raise(ID)).isFalse();
		fence.leave(ID);
		assertThat(this.calls).containsExactly("enter[a]", "raise[a]", "leave[a]");
	}

	@Test
	void whenTheStorageHasNoFenceThenAnybodyMayPass() throws IOException {
		UploadFence fence = new ForwardingUploadStorage(proxy(UploadStorage.class, this.calls));
		fence.enter(ID);
		assertThat(fence.raise(ID)).isTrue();
		fence.leave(ID);
		assertThat(this.calls).isEmpty();
	}

	@Test
	void nameIsThatOfWhatIsWrapped() {
		String name = new ForwardingUploadStorage(proxy(UploadStorage.class, this.calls)).toString();
		assertThat(name).isEqualTo("proxy");
		assertThat(ObservedUploadStorage.of(proxy(UploadStorage.class, this.calls), this.observer)).hasToString(name);
		assertThat(ObservedUploadLocker.of(proxy(UploadLocker.class, this.calls), this.observer)).hasToString(name);
	}

	@Test
	void observerHearsOfWhatTakesTime() throws IOException {
		UploadStorage storage = ObservedUploadStorage.of(proxy(UploadStorage.class, this.calls), this.observer);
		storage.create(NewUpload.builder(ID).build());
		storage.find(ID);
		storage.recall(ID);
		UploadWriter writer = storage.append(UPLOAD, 1, false);
		writer.write(ByteBuffer.allocate(1));
		writer.commit();
		writer.close();
		storage.update(UPLOAD);
		storage.concatenate(UPLOAD, List.of());
		storage.moveContent(UPLOAD, Path.of("target"));
		storage.deleteContent(UPLOAD);
		storage.delete(ID);
		storage.delete(UPLOAD);
		storage.renew(UPLOAD);
		storage.release(UPLOAD, Instant.EPOCH);
		assertThat(this.seen).containsExactly("CREATE a", "FIND a", "APPEND a", "COMMIT a", "UPDATE a", "CONCATENATE a",
				"CONTENT a", "CONTENT a", "DELETE a", "DELETE a", "UPDATE a", "UPDATE a");
	}

	@Test
	void observerHearsWhyACallFailed() {
		UploadStorage storage = ObservedUploadStorage
			.of(new ForwardingUploadStorage(proxy(UploadStorage.class, this.calls)) {

				@Override
				public Upload find(UploadId id) throws IOException {
					throw new IOException("broken");
				}

			}, this.observer);
		assertThatIOException().isThrownBy(() -> storage.find(ID));
		assertThat(this.seen).containsExactly("FIND a broken");
	}

	@Test
	void observerHearsWhetherALockCouldBeHad() {
		UploadLocker locker = ObservedUploadLocker.of(new UploadLocker() {

			@Override
			public UploadLock lock(UploadId id, LockRequest request, LockHolder holder, Duration timeout) {
				throw new UploadLockedException(id);
			}

			@Override
			public UploadLock tryLock(UploadId id, LockHolder holder) {
				throw new UploadLockedException(id);
			}

			@Override
			public boolean ask(UploadId id, LockRequest request, Duration timeout) {
				return true;
			}

		}, this.observer);
		LockRequest request = LockRequest.remove();
		assertThatThrownBy(() -> locker.lock(ID, request, null, Duration.ZERO))
			.isInstanceOf(UploadLockedException.class);
		assertThatThrownBy(() -> locker.tryLock(ID, null)).isInstanceOf(UploadLockedException.class);
		assertThat(locker.ask(ID, request, Duration.ZERO)).isTrue();
		assertThat(this.seen).containsExactly("waited false", "waited true");
	}

	@Test
	void nothingIsWrappedForAnObserverThatDoesNotLook() {
		UploadStorage storage = proxy(UploadStorage.class, this.calls);
		UploadLocker locker = proxy(UploadLocker.class, this.calls);
		assertThat(ObservedUploadStorage.of(storage, UploadObserver.NONE)).isSameAs(storage);
		assertThat(ObservedUploadLocker.of(locker, UploadObserver.NONE)).isSameAs(locker);
	}

	private static Object value(Method method) {
		return VALUES.get(method.getReturnType());
	}

	@SuppressWarnings("unchecked")
	private static <T> T proxy(Class<T> type, List<String> calls) {
		return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type },
				(proxy, method, arguments) -> {
					if (ReflectionUtils.isObjectMethod(method)) {
						return objectMethod(proxy, method, arguments);
					}
					calls.add(method.getName() + Arrays.toString((arguments != null) ? arguments : new Object[0]));
					return value(method);
				});
	}

	private static Object objectMethod(Object proxy, Method method, Object[] arguments)
			throws IllegalAccessException, InvocationTargetException {
		return switch (method.getName()) {
			case "toString" -> "proxy";
			case "equals" -> proxy == arguments[0];
			default -> method.invoke(ObservedUploadStorageTests.class);
		};
	}

}
