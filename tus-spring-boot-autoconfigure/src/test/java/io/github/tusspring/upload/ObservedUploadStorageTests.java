package io.github.tusspring.upload;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ObservedUploadStorage} and {@link ObservedUploadLocker}.
 */
class ObservedUploadStorageTests {

	@ParameterizedTest
	@MethodSource
	void everyMethodIsPassedOn(Class<?> decorator, Method method) throws Exception {
		assertThat(decorator.getDeclaredMethod(method.getName(), method.getParameterTypes())).isNotNull();
	}

	static Stream<Object[]> everyMethodIsPassedOn() throws ClassNotFoundException {
		Class<?> writer = Class.forName(ObservedUploadStorage.class.getName() + "$ObservedWriter");
		return Stream
			.of(methods(ObservedUploadStorage.class, UploadStorage.class), methods(writer, UploadWriter.class),
					methods(ObservedUploadLocker.class, UploadLocker.class))
			.flatMap((methods) -> methods);
	}

	private static Stream<Object[]> methods(Class<?> decorator, Class<?> type) {
		return Arrays.stream(type.getMethods()).map((method) -> new Object[] { decorator, method });
	}

}
