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

import java.lang.reflect.Method;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.util.ReflectionUtils;

/**
 * {@link BackgroundPreinitializer} for what each start of an application with uploads
 * needs: the binding of records, of which the application may have no others, and the
 * classes of the beans.
 */
final class TusBackgroundPreinitializer implements BackgroundPreinitializer {

	@Override
	public void preinitialize() throws ClassNotFoundException {
		new Binder().bindOrCreate("tus", TusProperties.class);
		initializeBeanClasses(TusAutoConfiguration.class);
		initializeBeanClasses(TusAutoConfiguration.WebConfiguration.class);
		initializeBeanClasses(TusAutoConfiguration.DiskConfiguration.class);
		initializeBeanClasses(TusWebMvcAutoConfiguration.class);
	}

	private void initializeBeanClasses(Class<?> configuration) throws ClassNotFoundException {
		for (Method method : ReflectionUtils.getDeclaredMethods(configuration)) {
			Class.forName(method.getReturnType().getName(), true, configuration.getClassLoader());
		}
	}

}
