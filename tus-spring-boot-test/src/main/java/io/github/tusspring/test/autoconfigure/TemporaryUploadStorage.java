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

package io.github.tusspring.test.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.util.FileSystemUtils;

/**
 * Makes a storage whose directory goes with the application.
 */
final class TemporaryUploadStorage implements FactoryBean<DiskUploadStorage>, DisposableBean {

	private final Path directory;

	private final DiskUploadStorage storage;

	TemporaryUploadStorage() throws IOException {
		this.directory = Files.createTempDirectory("tus-test");
		this.storage = new DiskUploadStorage(this.directory, Durability.NONE, 0);
	}

	@Override
	public @Nullable DiskUploadStorage getObject() {
		return this.storage;
	}

	@Override
	public Class<?> getObjectType() {
		return DiskUploadStorage.class;
	}

	@Override
	public void destroy() throws IOException {
		this.storage.close();
		FileSystemUtils.deleteRecursively(this.directory);
	}

}
