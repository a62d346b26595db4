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

import io.github.tusspring.upload.Upload;

/**
 * Published when something happens to an upload. A listener of this type hears of all
 * events, as a log or an audit wants it. It is asked for completed uploads, too, so that
 * what it throws then decides what becomes of the upload: see
 * {@link TusUploadCompletedEvent}.
 *
 * <pre class="code">
 * &#064;EventListener
 * void happened(TusUploadEvent event) {
 *     this.audit.add(event.upload().owner(), event.upload().id(), event.getClass().getSimpleName());
 * }</pre>
 */
public sealed interface TusUploadEvent permits TusUploadCreatedEvent, TusUploadProgressEvent, TusUploadInterruptedEvent,
		TusUploadCompletedEvent, TusUploadTerminatedEvent, TusUploadExpiredEvent {

	/**
	 * Returns the upload as it was when the event was made.
	 * @return the upload
	 */
	Upload upload();

}
