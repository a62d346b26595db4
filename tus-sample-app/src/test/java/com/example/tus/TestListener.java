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

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;

import org.springframework.context.event.EventListener;

/**
 * Notes the attempts for each file, and fails, refuses or takes its time where the file's
 * name asks for it.
 */
class TestListener {

	private final Map<String, List<Integer>> attempts = new ConcurrentHashMap<>();

	private final Semaphore releases = new Semaphore(0);

	@EventListener
	void completed(TusUploadCompletedEvent event) throws InterruptedException {
		String filename = String.valueOf(event.upload().metadata().filename());
		this.attempts.computeIfAbsent(filename, (key) -> new CopyOnWriteArrayList<>()).add(event.attempt());
		if (filename.startsWith("fails-once") && event.attempt() == 1) {
			throw new IllegalStateException("The archive is not there");
		}
		if (filename.startsWith("refused")) {
			throw new UploadRejectedException(422, "No cats, please.");
		}
		if (filename.startsWith("held")) {
			this.releases.acquire();
		}
	}

	/**
	 * Lets the listener go on with one file whose name begins with 'held'.
	 */
	void release() {
		this.releases.release();
	}

	/**
	 * Lets the listener go on with all files that it is held by.
	 */
	void releaseAll() {
		this.releases.release(this.releases.getQueueLength());
	}

	List<Integer> attempts(String filename) {
		return this.attempts.getOrDefault(filename, List.of());
	}

}
