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

package io.github.tusspring.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.springframework.core.io.ClassPathResource;

/**
 * The inputs of a fuzz test, which the fuzzer finds by its own rule.
 */
final class Seeds {

	private Seeds() {
	}

	static List<byte[]> of(Class<?> test, String method) {
		String directory = test.getSimpleName() + "Inputs/" + method;
		try (Stream<Path> files = Files.list(new ClassPathResource(directory, test).getFile().toPath())) {
			List<byte[]> seeds = new ArrayList<>();
			for (Path file : files.sorted().toList()) {
				seeds.add(Files.readAllBytes(file));
			}
			return seeds;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
