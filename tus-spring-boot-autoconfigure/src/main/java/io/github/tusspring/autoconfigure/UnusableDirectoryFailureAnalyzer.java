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

package io.github.tusspring.autoconfigure;

import io.github.tusspring.storage.disk.UnlockableDirectoryException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains why uploads can't be kept in the directory that is configured.
 */
class UnusableDirectoryFailureAnalyzer extends AbstractFailureAnalyzer<UnusableDirectoryException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnusableDirectoryException cause) {
		return new FailureAnalysis("Uploads can't be kept in the directory '" + cause.getDirectory().toAbsolutePath()
				+ "': " + cause.getCause(), action(cause), cause);
	}

	private static String action(UnusableDirectoryException cause) {
		if (cause.getCause() instanceof UnlockableDirectoryException) {
			return "Instances that share a directory keep each other from its files by locks of the file system. Set "
					+ "'tus.storage.disk.directory' to a directory that has them (NFS has from version 4 on, unless it "
					+ "is mounted with 'nolock'), or use a bucket.";
		}
		return "Make it a directory that the application may write to, on a file system that isn't mounted read-only, "
				+ "or set 'tus.storage.disk.directory' to another one.";
	}

}
