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
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;

/**
 * Passes all calls on to another storage, those of its {@link UploadFence} too. What is
 * to be otherwise, a subclass overrides.
 */
public abstract class DelegatingUploadStorage implements UploadStorage, UploadFence {

	private final UploadStorage delegate;

	private final UploadFence fence;

	/**
	 * Creates a storage.
	 * @param delegate keeps the uploads
	 */
	protected DelegatingUploadStorage(UploadStorage delegate) {
		this.delegate = delegate;
		this.fence = (delegate instanceof UploadFence fence) ? fence : UploadFence.NONE;
	}

	@Override
	public void enter(UploadId id) throws IOException {
		this.fence.enter(id);
	}

	@Override
	public boolean raise(UploadId id) throws IOException {
		return this.fence.raise(id);
	}

	@Override
	public void leave(UploadId id) {
		this.fence.leave(id);
	}

	@Override
	public Upload create(NewUpload upload) throws IOException {
		return this.delegate.create(upload);
	}

	@Override
	public boolean use(UploadId id, Instant until) throws IOException {
		return this.delegate.use(id, until);
	}

	@Override
	public void giveBack(UploadId id, Instant until) throws IOException {
		this.delegate.giveBack(id, until);
	}

	@Override
	public @Nullable Upload find(UploadId id) throws IOException {
		return this.delegate.find(id);
	}

	@Override
	public @Nullable Upload look(UploadId id) throws IOException {
		return this.delegate.look(id);
	}

	@Override
	public @Nullable Upload recall(UploadId id) throws IOException {
		return this.delegate.recall(id);
	}

	@Override
	public boolean remembers(UploadId id) {
		return this.delegate.remembers(id);
	}

	@Override
	public UploadWriter append(Upload upload, long generation, boolean held) throws IOException {
		return this.delegate.append(upload, generation, held);
	}

	@Override
	public void update(Upload upload) throws IOException {
		this.delegate.update(upload);
	}

	@Override
	public void secure(Upload upload) throws IOException {
		this.delegate.secure(upload);
	}

	@Override
	public Upload concatenate(Upload upload, List<Upload> parts) throws IOException {
		return this.delegate.concatenate(upload, parts);
	}

	@Override
	public Resource content(Upload upload) {
		return this.delegate.content(upload);
	}

	@Override
	public boolean hasContent(Upload upload) {
		return this.delegate.hasContent(upload);
	}

	@Override
	public @Nullable Path path(Upload upload) {
		return this.delegate.path(upload);
	}

	@Override
	public @Nullable URI downloadUrl(Upload upload, Duration time) throws IOException {
		return this.delegate.downloadUrl(upload, time);
	}

	@Override
	public void moveContent(Upload upload, Path target) throws IOException {
		this.delegate.moveContent(upload, target);
	}

	@Override
	public void deleteContent(Upload upload) throws IOException {
		this.delegate.deleteContent(upload);
	}

	@Override
	public boolean delete(UploadId id) throws IOException {
		return this.delegate.delete(id);
	}

	@Override
	public boolean delete(Upload upload) throws IOException {
		return this.delegate.delete(upload);
	}

	@Override
	public void renew(Upload upload) throws IOException {
		this.delegate.renew(upload);
	}

	@Override
	public void release(Upload upload, Instant next) throws IOException {
		this.delegate.release(upload, next);
	}

	@Override
	public boolean awaitPart(Upload upload, UploadId part) throws IOException {
		return this.delegate.awaitPart(upload, part);
	}

	@Override
	public Stream<UploadId> filled(UploadId part) throws IOException {
		return this.delegate.filled(part);
	}

	@Override
	public Stream<Upload> unsettled() throws IOException {
		return this.delegate.unsettled();
	}

	@Override
	public boolean isRemote() {
		return this.delegate.isRemote();
	}

	@Override
	public boolean noteUnfinished() {
		return this.delegate.noteUnfinished();
	}

	@Override
	public Stream<Upload> unfinished(Predicate<UploadId> interest) throws IOException {
		return this.delegate.unfinished(interest);
	}

	@Override
	public boolean beginPass(Duration interval) throws IOException {
		return this.delegate.beginPass(interval);
	}

	@Override
	public Stream<Upload> list() throws IOException {
		return this.delegate.list();
	}

	@Override
	public Stream<UploadId> ids() throws IOException {
		return this.delegate.ids();
	}

	@Override
	public Stream<Upload> list(BiPredicate<UploadId, Instant> interest) throws IOException {
		return this.delegate.list(interest);
	}

	@Override
	public void check() throws IOException {
		this.delegate.check();
	}

	@Override
	public long freeSpace() throws IOException {
		return this.delegate.freeSpace();
	}

	@Override
	public long memoryUsed() {
		return this.delegate.memoryUsed();
	}

	@Override
	public void whenLost(Consumer<Upload> listener) {
		this.delegate.whenLost(listener);
	}

	@Override
	public void tidy() throws IOException {
		this.delegate.tidy();
	}

	@Override
	public String toString() {
		return this.delegate.toString();
	}

}
