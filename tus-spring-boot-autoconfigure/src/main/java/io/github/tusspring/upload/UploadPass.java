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
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Goes through uploads one by one. If something goes wrong with one, all others have
 * their turn nevertheless.
 */
final class UploadPass {

	private static final Log logger = LogFactory.getLog(UploadPass.class);

	private final Listing listing;

	private final String purpose;

	/**
	 * Creates a pass.
	 * @param listing lists the uploads
	 * @param purpose what is done to them, for the log: "resumed"
	 */
	UploadPass(Listing listing, String purpose) {
		this.listing = listing;
		this.purpose = purpose;
	}

	/**
	 * Goes through all uploads.
	 * @param action what to do with each
	 * @return whether all of them had their turn, rather than those before the listing
	 * failed
	 */
	boolean forEach(Consumer<Upload> action) {
		try (Stream<Upload> uploads = this.listing.open()) {
			uploads.forEach((upload) -> accept(upload, action));
			return true;
		}
		catch (UploadUnavailableException ex) {
			// The cause is logged where it is known, and once.
			logger.debug(LogMessage.format("Not all uploads can be listed that are to be %s", this.purpose), ex);
			return false;
		}
		catch (IOException | RuntimeException ex) {
			logger.error(LogMessage.format("Not all uploads can be listed that are to be %s", this.purpose), ex);
			return false;
		}
	}

	private void accept(Upload upload, Consumer<Upload> action) {
		try {
			action.accept(upload);
		}
		catch (UploadUnavailableException ex) {
			logger.debug(LogMessage.format("Upload '%s' can't be %s", upload.id().abbreviated(), this.purpose), ex);
		}
		catch (Throwable ex) {
			// A proxy or code in another language may throw anything.
			logger.error(LogMessage.format("Upload '%s' can't be %s", upload.id().abbreviated(), this.purpose), ex);
		}
	}

	/**
	 * Lists uploads.
	 */
	interface Listing {

		Stream<Upload> open() throws IOException;

	}

}
