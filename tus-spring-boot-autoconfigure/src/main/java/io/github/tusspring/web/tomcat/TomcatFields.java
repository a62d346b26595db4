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

package io.github.tusspring.web.tomcat;

import java.lang.reflect.Field;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;
import org.springframework.util.ReflectionUtils;

/**
 * Finds fields of Tomcat's to which there is no public way. A later Tomcat may not have
 * them.
 */
final class TomcatFields {

	private static final Log logger = LogFactory.getLog(TomcatFields.class);

	private TomcatFields() {
	}

	/**
	 * Finds a field and makes it accessible.
	 * @return the field, or {@code null} if there is none or it can't be accessed
	 */
	static @Nullable Field find(Class<?> owner, String name, Class<?> type) {
		try {
			Field field = ReflectionUtils.findField(owner, name, type);
			if (field != null) {
				ReflectionUtils.makeAccessible(field);
				return field;
			}
			logger.debug(LogMessage.format("%s has no field '%s'", owner, name));
		}
		catch (RuntimeException ex) {
			logger.debug(LogMessage.format("Field '%s' of %s can't be accessed: %s", name, owner, ex));
		}
		return null;
	}

}
