package io.github.tusspring.storage.disk;

import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

class DiskStorageRuntimeHintsTests {

	@Test
	void recordsCanBeReadAndWrittenInANativeImage() throws Exception {
		RuntimeHints hints = new RuntimeHints();
		SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter(DiskStorageRuntimeHints.class::isInstance)
			.forEach((registrar) -> registrar.registerHints(hints, getClass().getClassLoader()));
		assertThat(RuntimeHintsPredicates.reflection()
			.onConstructorInvocation(InfoDocument.class.getDeclaredConstructors()[0])).accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(InfoDocument.class.getDeclaredField("size")))
			.accepts(hints);
		assertThat(RuntimeHintsPredicates.reflection().onType(InfoDocument.Answer.class)).accepts(hints);
	}

}
