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

package io.github.tusspring.web.bind;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a handler method's parameter of type {@link io.github.tusspring.upload.Upload}:
 * in the handler of a resumable endpoint the upload that it is given, elsewhere the
 * upload whose id is in the path. An upload that doesn't exist, or is another client's,
 * is answered with 404. On a parameter of type
 * {@link io.github.tusspring.upload.UploadMetadata} it finds the metadata of that upload;
 * without it such a parameter gets those of the request's own upload, or none.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface TusUpload {

	/**
	 * The name of the path variable that has the upload's id.
	 */
	String value() default "id";

	/**
	 * Whether there has to be an upload. If not, a request that brings none and names
	 * none gives {@code null}.
	 */
	boolean required() default true;

}
