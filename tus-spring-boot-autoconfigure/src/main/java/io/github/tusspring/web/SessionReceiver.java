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

package io.github.tusspring.web;

import io.github.tusspring.upload.AppendSession;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.log.LogMessage;

/**
 * Pushes the body of a request into an append session. What is answered, and what becomes
 * of an upload whose client doesn't know of it, is the protocol's.
 */
abstract class SessionReceiver implements BodyReceiver {

	private static final Log logger = LogFactory.getLog(SessionReceiver.class);

	private final AppendSession session;

	SessionReceiver(AppendSession session) {
		this.session = session;
	}

	AppendSession session() {
		return this.session;
	}

	@Override
	public boolean hasRoom(Runnable listener) {
		return this.session.hasRoom(listener);
	}

	@Override
	public void pause() {
		this.session.pause();
	}

	@Override
	public void resume() {
		this.session.resume();
	}

	@Override
	public void broken() {
		this.session.broken();
	}

	@Override
	public void fail() {
		interrupt();
	}

	/**
	 * Ends the session before its body has ended.
	 */
	abstract void interrupt();

	/**
	 * Runs what ends the session. A failure is logged, since no client hears of it.
	 */
	void end(Runnable end) {
		try {
			end.run();
		}
		catch (UploadLockedException | UploadNotFoundException | UploadUnavailableException ex) {
			// Another instance may have the upload already, or have removed it.
			logger.debug(LogMessage.format("An append to upload '%s' could not be ended: %s",
					this.session.id().abbreviated(), ex));
		}
		catch (Throwable ex) {
			logger.error(
					LogMessage.format("An append to upload '%s' could not be ended", this.session.id().abbreviated()),
					ex);
		}
	}

}
