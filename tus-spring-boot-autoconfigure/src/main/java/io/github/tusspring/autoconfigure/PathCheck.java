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

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.log.LogMessage;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Says in the log which handlers of the application's own are not called any more, since
 * uploads have taken their path.
 */
final class PathCheck implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(PathCheck.class);

	private final String path;

	private final ObjectProvider<RequestMappingHandlerMapping> mvc;

	PathCheck(String path, ObjectProvider<RequestMappingHandlerMapping> mvc) {
		this.path = path;
		this.mvc = mvc;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.mvc.ifAvailable((mapping) -> mapping.getHandlerMethods().forEach(this::check));
	}

	private void check(RequestMappingInfo mapping, HandlerMethod method) {
		if (mapping.getPatternValues().stream().anyMatch(this::isTaken)) {
			logger.warn(LogMessage.format(
					"%s at %s is never called: resumable uploads are received there. "
							+ "Set 'tus.path' to a path that the application doesn't use",
					method.getShortLogMessage(), mapping));
		}
	}

	private boolean isTaken(String pattern) {
		return pattern.equals(this.path) || pattern.startsWith(this.path + "/");
	}

}
