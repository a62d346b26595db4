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

package io.github.tusspring.storage.s3;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIf;

import org.springframework.util.FileSystemUtils;

/**
 * Faults before versitygw.
 */
@Tag("long")
@EnabledIf("io.github.tusspring.storage.s3.VersityServer#isInstalled")
class VersityFaultsTests extends AbstractS3FaultsTests {

	private Path directory;

	@Override
	S3Server startServer() throws IOException {
		this.directory = Files.createTempDirectory("versity");
		return new VersityServer(this.directory);
	}

	@AfterAll
	void removeDirectory() throws IOException {
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
