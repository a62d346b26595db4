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

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.log.LogMessage;

/**
 * Says in the log what to do where Boot's default filter chain of Spring Security would
 * refuse every upload: it asks for a CSRF token, which no upload client knows.
 */
final class DefaultChainCheck implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(DefaultChainCheck.class);

	/**
	 * Boot's own: with the actuator it is the other one.
	 */
	private static final List<String> DEFAULT_CHAINS = List.of("defaultSecurityFilterChain",
			"managementSecurityFilterChain");

	private final ListableBeanFactory beans;

	private final TusProperties properties;

	DefaultChainCheck(ListableBeanFactory beans, TusProperties properties) {
		this.beans = beans;
		this.properties = properties;
	}

	@Override
	public void afterSingletonsInstantiated() {
		if (DEFAULT_CHAINS.stream().anyMatch(this.beans::containsBean)) {
			logger.warn(LogMessage.format(
					"Spring Security's default filter chain refuses all uploads at %s (403, or 401 with HTTP basic): "
							+ "their clients have no CSRF token. Define a SecurityFilterChain with"
							+ " http.csrf((csrf) -> csrf.ignoringRequestMatchers(TusRequest.toUploads()%s))",
					this.properties.path(), this.properties.endpoints().isEmpty() ? "" : ", TusRequest.toEndpoints()"));
		}
	}

}
