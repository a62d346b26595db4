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
