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

import io.github.tusspring.protocol.rufh.AbstractRufhProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.test.Container;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.test.Wire;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadService;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Resumable Uploads for HTTP on a container with our auto-configuration.
 */
@TestInstance(Lifecycle.PER_CLASS)
abstract class AbstractRufhServerTests extends AbstractRufhProtocolTests {

	private final Container container;

	private final Wire.Version version;

	private TestServer server;

	private Wire wire;

	AbstractRufhServerTests(Container container, Wire.Version version) {
		this.container = container;
		this.version = version;
	}

	@BeforeAll
	void start() {
		this.server = this.version.prepare(this.container.server()).start();
		this.wire = this.version.to(this.server);
	}

	@AfterAll
	void stop() {
		this.wire.close();
		this.server.close();
	}

	@Test
	void keepsTheNameAndTheTypeForTheApplication() {
		String location = create(9, "Content-Type: image/png", "Content-Encoding: br",
				"Content-Disposition: inline; filename=\"x.png\"; filename*=UTF-8''%C3%BCber.png");
		Upload upload = this.server.bean(UploadService.class).find(UploadId.of(location.substring("/files/".length())));
		assertThat(upload.metadata().filename()).isEqualTo("über.png");
		assertThat(upload.metadata().filetype()).isEqualTo("image/png");
		assertThat(upload.metadata().get(UploadMetadata.CONTENT_ENCODING)).isEqualTo("br");
	}

	@Override
	protected TusTarget target() {
		return new ServletTusTarget(this.server, "/files");
	}

	@Override
	protected Wire wire() {
		return this.wire;
	}

}
