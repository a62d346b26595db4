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

import org.springframework.util.Assert;

/**
 * How many uploads, appends and downloads there may be at a time, so that no client takes
 * the room or the connections of all others. A client is a principal or, where there is
 * none, a remote address. Each number is greater than 0, or 0 for any number.
 *
 * @param maxUploads the number of unfinished uploads
 * @param maxUploadsPerClient the number of unfinished uploads of one client
 * @param maxAppends the number of open appends
 * @param maxAppendsPerClient the number of open appends of one client
 * @param maxDownloads the number of downloads
 * @param maxDownloadsPerClient the number of downloads of one client
 * @param maxParts the number of parts of a final upload; one that is named twice counts
 * twice
 */
public record UploadLimits(int maxUploads, int maxUploadsPerClient, int maxAppends, int maxAppendsPerClient,
		int maxDownloads, int maxDownloadsPerClient, int maxParts) {

	/**
	 * No limits.
	 */
	public static final UploadLimits NONE = new UploadLimits(0, 0, 0, 0, 0, 0, 0);

	public UploadLimits {
		Assert.isTrue(
				maxUploads >= 0 && maxUploadsPerClient >= 0 && maxAppends >= 0 && maxAppendsPerClient >= 0
						&& maxDownloads >= 0 && maxDownloadsPerClient >= 0 && maxParts >= 0,
				"limits must not be negative");
	}

	/**
	 * Creates limits that hold for uploads and appends alone.
	 * @param maxUploads the number of unfinished uploads
	 * @param maxUploadsPerClient the number of unfinished uploads of one client
	 * @param maxAppends the number of open appends
	 * @param maxAppendsPerClient the number of open appends of one client
	 */
	public UploadLimits(int maxUploads, int maxUploadsPerClient, int maxAppends, int maxAppendsPerClient) {
		this(maxUploads, maxUploadsPerClient, maxAppends, maxAppendsPerClient, 0, 0, 0);
	}

	/**
	 * Checks the parts of a final upload.
	 * @throws InvalidUploadException if there are too many
	 */
	void check(Concatenation.Final concatenation) {
		if (this.maxParts > 0 && concatenation.parts().size() > this.maxParts) {
			throw new InvalidUploadException("A final upload may have no more parts than the " + this.maxParts
					+ " that 'tus.limits.max-parts' allows");
		}
	}

	boolean areUploadsLimited() {
		return this.maxUploads > 0 || this.maxUploadsPerClient > 0;
	}

	boolean areAppendsLimited() {
		return this.maxAppends > 0 || this.maxAppendsPerClient > 0;
	}

}
