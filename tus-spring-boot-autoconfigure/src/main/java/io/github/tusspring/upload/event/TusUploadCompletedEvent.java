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

package io.github.tusspring.upload.event;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;

import org.springframework.core.io.Resource;

/**
 * Published when all bytes of an upload are stored, in the thread of the request that
 * brought the last one and before the client hears of it. Only when all listeners have
 * returned is the upload completed. A listener that throws an
 * {@link io.github.tusspring.upload.UploadRejectedException} refuses the upload; any
 * other exception leaves it as it is, and the event is published again later. So an event
 * may come more than once for an upload, with a higher attempt each time, also after a
 * crash: a listener should be idempotent.
 *
 * <pre class="code">
 * &#064;EventListener
 * void completed(TusUploadCompletedEvent event) throws IOException {
 *     event.moveTo(this.videos.resolve(event.upload().id() + ".mp4"));
 * }</pre>
 */
public final class TusUploadCompletedEvent implements TusUploadEvent {

	private final Upload upload;

	private final UploadAnswer.Builder answer;

	private final TusUploads uploads;

	/**
	 * Creates an event.
	 * @param upload the upload
	 * @param answer takes what the client is to hear in addition to the protocol's own
	 * words
	 * @param uploads gives access to the content
	 */
	public TusUploadCompletedEvent(Upload upload, UploadAnswer.Builder answer, TusUploads uploads) {
		this.upload = upload;
		this.answer = answer;
		this.uploads = uploads;
	}

	/**
	 * Returns the upload.
	 * @return the upload, {@link io.github.tusspring.upload.UploadState#FINISHING}
	 */
	@Override
	public Upload upload() {
		return this.upload;
	}

	/**
	 * Returns the number of this delivery.
	 * @return the number, from 1
	 */
	public int attempt() {
		return this.upload.attempts();
	}

	/**
	 * Returns what the client is to hear in addition to the protocol's own words. It
	 * counts what is said before the last listener returns.
	 * @return an answer to be filled in
	 */
	public UploadAnswer.Builder answer() {
		return this.answer;
	}

	/**
	 * Returns the content.
	 * @return a resource that can be read any number of times
	 */
	public Resource resource() {
		return this.uploads.open(this.upload.id());
	}

	/**
	 * Returns where the content lies.
	 * @return the file, or empty if the storage has none
	 */
	public Optional<Path> path() {
		return this.uploads.path(this.upload.id());
	}

	/**
	 * Returns a URL from which whoever has it can download the content: from the store,
	 * without asking this application.
	 * @param time how long the URL may be used, up to 7 days
	 * @return the URL, or empty if the storage has none, as on a disk
	 */
	public Optional<URI> downloadUrl(Duration time) {
		return this.uploads.downloadUrl(this.upload.id(), time);
	}

	/**
	 * Moves the content to a file of the application, atomically where the file system
	 * can. Clients can still see that the upload is finished.
	 * @param target the file or, if it is a directory, where the file is to lie under the
	 * upload's id
	 * @return the file
	 * @throws IOException if the content can't be moved
	 */
	public Path moveTo(Path target) throws IOException {
		return this.uploads.moveTo(this.upload.id(), target);
	}

	/**
	 * Deletes the content, when the application doesn't need it any more. Clients can
	 * still see that the upload is finished.
	 */
	public void delete() {
		this.uploads.delete(this.upload.id());
	}

	@Override
	public String toString() {
		return "TusUploadCompletedEvent of upload '" + this.upload.id().abbreviated() + "', attempt " + attempt();
	}

}
