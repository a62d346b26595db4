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

import java.net.URI;

import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.test.TestServer;
import org.jspecify.annotations.Nullable;

/**
 * A servlet container with our auto-configuration that keeps uploads in a bucket.
 */
record S3TusTarget(TestServer server, S3Bucket bucket) implements TusTarget {

	@Override
	public URI creation() {
		return this.server.uri("/files");
	}

	@Override
	public byte @Nullable [] stored(String id) {
		return this.bucket.stored("some/", id);
	}

	@Override
	public boolean keepsWhatCameBeforeAnEarlyEnd() {
		// Requests are taken up by another thread: Tomcat may have given them up until
		// then.
		return false;
	}

	@Override
	public long count() {
		return this.bucket.keys().stream().filter((key) -> !key.contains("/.due/") && !key.contains("/.wait/")).count();
	}

}
