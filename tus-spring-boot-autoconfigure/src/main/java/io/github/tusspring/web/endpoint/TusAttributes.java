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

package io.github.tusspring.web.endpoint;

/**
 * Names of the request attributes that tell the handler of a resumable endpoint that it
 * has an upload before it, and which. A request from outside never has them.
 */
public final class TusAttributes {

	/**
	 * The {@link io.github.tusspring.upload.Upload}.
	 */
	public static final String UPLOAD = "io.github.tusspring.UPLOAD";

	/**
	 * The {@link io.github.tusspring.upload.UploadMetadata}, with a file name and type
	 * that can be used as such.
	 */
	public static final String METADATA = "io.github.tusspring.METADATA";

	/**
	 * Where the content lies: a {@link java.nio.file.Path}, or a {@link java.net.URI} if
	 * the storage has no files. Only there if the endpoint wants its uploads by path: no
	 * request from outside has it, so a handler can tell by it that a path is one of
	 * ours.
	 */
	public static final String LOCATION = "io.github.tusspring.LOCATION";

	private TusAttributes() {
	}

}
