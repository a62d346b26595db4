package io.github.tusspring.test.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.storage.disk.Durability;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.DisposableBean;
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
