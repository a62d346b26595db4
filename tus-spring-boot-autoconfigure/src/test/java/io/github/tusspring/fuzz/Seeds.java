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
