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
import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Gives clients the content of finished uploads, and its digest. Thread-safe.
 */
final class Downloads {

	private static final Log logger = LogFactory.getLog(Downloads.class);

	/**
	 * The longest content that is read for a client that would like to hear its digest.
	 */
	private static final long MAX_DIGESTED = 1024 * 1024;

	private final Engine engine;

	private final VisibleUploads visible;

	private final ClientCounts counts;

	/**
	 * Creates an instance.
	 * @param engine what the engine works with
	 * @param visible finds uploads for those who may see them
	 */
	Downloads(Engine engine, VisibleUploads visible) {
		this.engine = engine;
		this.visible = visible;
		UploadLimits limits = engine.policy().limits();
		this.counts = new ClientCounts(limits.maxDownloads(), limits.maxDownloadsPerClient());
	}

	/**
	 * Begins to send an upload's content to a client.
	 */
	Download open(UploadId id, UploadClient client) {
		Upload upload = this.visible.require(id, UploadIntent.DOWNLOAD, client);
		if (upload.state() != UploadState.COMPLETED || upload.isPartial()) {
			throw new UploadNotFoundException(id);
		}
		String key = client.key();
		if (!this.counts.tryAdd(key)) {
			throw new TooManyDownloadsException(this.counts.exceeded("tus.limits.max-downloads"));
		}
		return new Download(upload, () -> this.counts.remove(key));
	}

	/**
	 * Returns a checksum of the content of an upload that is complete, or {@code null} if
	 * there is none.
	 */
	@Nullable Checksum digest(Upload upload, List<ChecksumAlgorithm> algorithms) {
		Checksum verified = upload.asked().digest();
		if (algorithms.isEmpty() || upload.state() != UploadState.COMPLETED) {
			return null;
		}
		if (verified != null && algorithms.contains(verified.algorithm())) {
			return verified;
		}
		try {
			return (upload.offset() <= MAX_DIGESTED && this.engine.storage().hasContent(upload))
					? new Checksum(algorithms.get(0), this.engine.delivery().digest(upload, algorithms.get(0))) : null;
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(LogMessage.format("The digest of upload '%s' can't be calculated: %s",
					upload.id().abbreviated(), ex));
			return null;
		}
	}

}
