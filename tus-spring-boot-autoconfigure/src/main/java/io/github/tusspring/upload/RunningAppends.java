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

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * The appends that run in this instance: at most one for each upload. Thread-safe.
 */
final class RunningAppends {

	private static final Log logger = LogFactory.getLog(RunningAppends.class);

	private final ConcurrentMap<UploadId, AppendSession> sessions = new ConcurrentHashMap<>();

	private volatile boolean stopped;

	@Nullable AppendSession find(UploadId id) {
		return this.sessions.get(id);
	}

	int size() {
		return this.sessions.size();
	}

	void add(AppendSession session) {
		this.sessions.put(session.id(), session);
		if (this.stopped) {
			// It was opened while all others were asked to end.
			stop(session, StopReason.SHUTDOWN);
		}
	}

	void remove(AppendSession session) {
		this.sessions.remove(session.id(), session);
	}

	boolean isStopped() {
		return this.stopped;
	}

	void start() {
		this.stopped = false;
	}

	void stop() {
		this.stopped = true;
		this.sessions.values().forEach((session) -> stop(session, StopReason.SHUTDOWN));
	}

	/**
	 * Asks appends to end that bring nothing or too little.
	 * @param executor does the asking: to end an append, the storage may have to work
	 */
	void stopSilent(Duration time, @Nullable MinimumRate rate, Executor executor) {
		for (AppendSession session : this.sessions.values()) {
			if (session.isSilentFor(time)) {
				stopSoon(session, StopReason.IDLE, executor);
			}
			else if (session.isBelow(rate)) {
				stopSoon(session, StopReason.TOO_SLOW, executor);
			}
		}
	}

	/**
	 * Marks the uploads of running appends as alive.
	 */
	void keepAlive() {
		this.sessions.values().forEach(AppendSession::keepAlive);
	}

	private static void stopSoon(AppendSession session, StopReason reason, Executor executor) {
		try {
			session.stopSoon(executor, () -> stop(session, reason));
		}
		catch (RuntimeException | Error ex) {
			// There may be no more threads just now.
			logger.warn(LogMessage.format("An append to upload '%s' can't be stopped now: %s",
					session.id().abbreviated(), ex));
		}
	}

	private static void stop(AppendSession session, StopReason reason) {
		try {
			session.stop(reason);
		}
		catch (RuntimeException ex) {
			// The others are to be asked all the same.
			logger.error(LogMessage.format("An append to upload '%s' can't be stopped", session.id().abbreviated()),
					ex);
		}
	}

	/**
	 * Stands for a session that is being opened: if it is asked to end so early, its
	 * driver has to remember that.
	 */
	static final class Opening implements LockHolder {

		private final Consumer<StopReason> stop;

		private volatile @Nullable AppendSession session;

		private volatile @Nullable StopReason asked;

		Opening(Consumer<StopReason> stop) {
			this.stop = stop;
		}

		void opened(AppendSession session) {
			this.session = session;
			StopReason reason = this.asked;
			if (reason != null) {
				session.watch().asked(reason);
			}
		}

		@Override
		public boolean asked(LockRequest request) {
			AppendSession opened = this.session;
			if (opened != null) {
				return opened.asked(request);
			}
			if (request.purpose() == LockRequest.Purpose.INSPECT) {
				return false;
			}
			this.asked = StopReason.TAKEN_OVER;
			this.stop.accept(StopReason.TAKEN_OVER);
			return true;
		}

		@Override
		public void lost() {
			AppendSession opened = this.session;
			if (opened != null) {
				opened.stop(StopReason.LOCK_LOST);
			}
			else {
				this.asked = StopReason.LOCK_LOST;
				this.stop.accept(StopReason.LOCK_LOST);
			}
		}

	}

}
