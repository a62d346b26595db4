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

package io.github.tusspring.web;

import org.springframework.web.cors.CorsConfiguration;

/**
 * Changes what pages of other origins may do with uploads. All beans of this type are
 * called in their order when the application starts, once for the uploads of
 * {@code tus.path} and once for those of endpoints, after {@code tus.cors} and the
 * methods and headers that the protocols need were set. If there is one, pages of other
 * origins are answered even if {@code tus.cors} names none.
 */
@FunctionalInterface
public interface UploadCorsCustomizer {

	/**
	 * Changes the configuration.
	 * @param configuration the configuration, in which credentials can't be allowed to
	 * all origins: the application does not start then
	 */
	void customize(CorsConfiguration configuration);

}
