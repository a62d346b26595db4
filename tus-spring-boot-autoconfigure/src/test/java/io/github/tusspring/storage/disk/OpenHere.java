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

package io.github.tusspring.storage.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Assumptions;

/**
 * What this process has open, which Linux says.
 */
final class OpenHere {

	private OpenHere() {
	}

	static List<Path> in(Path directory) throws IOException {
		Path descriptors = Path.of("/proc/self/fd");
		Assumptions.assumeTrue(Files.isDirectory(descriptors));
		Path parent = directory.toRealPath();
		List<Path> open = new ArrayList<>();
		try (DirectoryStream<Path> links = Files.newDirectoryStream(descriptors)) {
			for (Path link : links) {
				// That of the stream itself is gone afterwards.
				Path file = Files.isSymbolicLink(link) ? Files.readSymbolicLink(link) : link;
				if (file.startsWith(parent)) {
					open.add(file);
				}
			}
		}
		return open;
	}

}
