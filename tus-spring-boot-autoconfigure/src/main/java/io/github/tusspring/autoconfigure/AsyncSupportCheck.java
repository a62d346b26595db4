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

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.web.servlet.DynamicRegistrationBean;
import org.springframework.core.log.LogMessage;

/**
 * Says in the log which filter or servlet keeps uploads from being received without a
 * thread each: all that a request passes through have to support asynchronous requests.
 */
final class AsyncSupportCheck implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(AsyncSupportCheck.class);

	private final ListableBeanFactory beans;

	AsyncSupportCheck(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.beans.getBeansOfType(DynamicRegistrationBean.class, false, false).forEach((name, registration) -> {
			if (registration.isEnabled() && !registration.isAsyncSupported()) {
				logger.warn(LogMessage.format("'%s' doesn't support asynchronous requests: each upload that goes "
						+ "through it takes a thread. Call setAsyncSupported(true) on it", name));
			}
		});
	}

}
