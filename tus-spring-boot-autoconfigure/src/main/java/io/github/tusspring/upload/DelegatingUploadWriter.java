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

package io.github.tusspring.upload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Passes all calls on to another writer. What is to be otherwise, a subclass overrides.
 */
abstract class DelegatingUploadWriter implements UploadWriter {

	private final UploadWriter delegate;

	DelegatingUploadWriter(UploadWriter delegate) {
		this.delegate = delegate;
	}

	@Override
	public void write(ByteBuffer bytes) throws IOException {
		this.delegate.write(bytes);
	}

	@Override
	public boolean hasRoom(Runnable listener) {
		return this.delegate.hasRoom(listener);
	}

	@Override
	public boolean isReadable() {
		return this.delegate.isReadable();
	}

	@Override
	public long offset() {
		return this.delegate.offset();
	}

	@Override
	public void read(Consumer<ByteBuffer> consumer) throws IOException {
		this.delegate.read(consumer);
	}

	@Override
	public void commit() throws IOException {
		this.delegate.commit();
	}

	@Override
	public void keepAlive() {
		this.delegate.keepAlive();
	}

	@Override
	public void close() throws IOException {
		this.delegate.close();
	}

}
