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

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * Makes daemon threads that inherit nothing of the thread for which they are made: they
 * outlive its request, whose trace and user would be those of all that they do later.
 */
public final class UnboundThreadFactory extends CustomizableThreadFactory {

	/**
	 * Creates a factory.
	 * @param prefix the beginning of the threads' names
	 */
	public UnboundThreadFactory(String prefix) {
		super(prefix);
		setDaemon(true);
	}

	@Override
	public Thread createThread(Runnable task) {
		Thread thread = new Thread(getThreadGroup(), task, nextThreadName(), 0, false);
		thread.setPriority(getThreadPriority());
		thread.setDaemon(isDaemon());
		// Newer JDKs count it among what is inherited.
		thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
		return thread;
	}

}
