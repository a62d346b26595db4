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

package com.example.tus;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.event.EventListener;
import org.springframework.core.log.LogMessage;
import org.springframework.stereotype.Component;

/**
 * Hears of every upload that is finished, before its client does, and keeps it where it
 * is. Here an application would check the content, move it or pass it on.
 */
@Component
class UploadLog {

	private static final Log logger = LogFactory.getLog(UploadLog.class);

	@EventListener
	void completed(TusUploadCompletedEvent event) {
		Upload upload = event.upload();
		// A client's words go into a log only without line breaks.
		String filename = String.valueOf(upload.metadata().filename()).replaceAll("\\p{Cntrl}", "?");
		logger.info(LogMessage.format("Upload %s is finished: '%s' with %d bytes (attempt %d)", upload.id(), filename,
				upload.length(), event.attempt()));
	}

}
