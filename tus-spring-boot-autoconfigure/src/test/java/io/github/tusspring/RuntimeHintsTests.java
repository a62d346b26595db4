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

package io.github.tusspring;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaAnnotation;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import io.github.tusspring.upload.Upload;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a native image has to be told of: what of it there is, is looked up in the classes
 * and resources themselves. The members of Tomcat's have a test of their own.
 */
@AnalyzeClasses(packages = "io.github.tusspring", importOptions = ImportOption.DoNotIncludeTests.class)
class RuntimeHintsTests {

	private static RuntimeHints hints() {
		RuntimeHints hints = new RuntimeHints();
		SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter((registrar) -> registrar.getClass().getPackageName().startsWith("io.github.tusspring"))
			.forEach((registrar) -> registrar.registerHints(hints, RuntimeHintsTests.class.getClassLoader()));
		return hints;
	}

	@Test
	void everyResourceIsThere() throws IOException, URISyntaxException {
		RuntimeHints hints = hints();
		Path output = Path.of(Upload.class.getProtectionDomain().getCodeSource().getLocation().toURI());
		try (Stream<Path> files = Files.walk(output.resolve("io"))) {
			List<String> resources = files.filter(Files::isRegularFile)
				.map((file) -> output.relativize(file).toString())
				.filter((file) -> !file.endsWith(".class"))
				.toList();
			assertThat(resources).isNotEmpty()
				.allSatisfy(
						(resource) -> assertThat(RuntimeHintsPredicates.resource().forResource(resource)).as(resource)
							.accepts(hints));
		}
	}

	@ArchTest
	static void everythingThatIsWrittenAsJsonCanBeReadAndWritten(JavaClasses classes) {
		RuntimeHints hints = hints();
		Set<String> documents = classes.stream()
			.filter(RuntimeHintsTests::isDocument)
			.flatMap(RuntimeHintsTests::withContents)
			.map(JavaClass::getName)
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(documents).contains("io.github.tusspring.storage.disk.InfoDocument",
				"io.github.tusspring.storage.s3.Manifest", "io.github.tusspring.storage.s3.Manifest$Part");
		assertThat(documents).allSatisfy((document) -> assertThat(RuntimeHintsPredicates.reflection()
			.onType(TypeReference.of(document))
			.withMemberCategories(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS, MemberCategory.ACCESS_DECLARED_FIELDS))
			.as(document)
			.accepts(hints));
	}

	private static boolean isDocument(JavaClass type) {
		return type.getFields()
			.stream()
			.flatMap((field) -> field.getAnnotations().stream())
			.anyMatch(RuntimeHintsTests::isOfJackson);
	}

	private static boolean isOfJackson(JavaAnnotation<?> annotation) {
		return annotation.getRawType().getPackageName().startsWith("com.fasterxml.jackson");
	}

	/**
	 * Returns a class with its own ones that its fields have.
	 */
	private static Stream<JavaClass> withContents(JavaClass document) {
		return Stream.concat(Stream.of(document),
				document.getFields()
					.stream()
					.flatMap((field) -> field.getType().getAllInvolvedRawTypes().stream())
					.filter((type) -> type.getName().startsWith(document.getName() + "$")));
	}

	@ArchTest
	static void nothingElseIsLookedUpByItsName(JavaClasses classes) {
		Set<String> lookups = classes.stream()
			.flatMap((type) -> type.getAccessesFromSelf().stream())
			.filter(RuntimeHintsTests::isLookup)
			.map((access) -> access.getOriginOwner().getName().replace("io.github.tusspring.", ""))
			.collect(Collectors.toCollection(TreeSet::new));
		// What looks something else up needs a hint for that, unless no image runs it.
		assertThat(lookups).containsExactly("autoconfigure.TusBackgroundPreinitializer", "lock.redis.RedisLeaseStore",
				"web.endpoint.ServletLookup$Found", "web.tomcat.TomcatFields",
				"web.tomcat.TomcatInterimResponses$Http2", "web.tomcat.TomcatStreamState");
	}

	private static boolean isLookup(JavaAccess<?> access) {
		JavaClass owner = access.getTargetOwner();
		String name = access.getName();
		return owner.isEquivalentTo(ClassPathResource.class)
				|| (owner.isEquivalentTo(ClassUtils.class) && Set.of("forName", "resolveClassName").contains(name))
				|| (owner.isEquivalentTo(ReflectionUtils.class) && name.startsWith("find"))
				|| (owner.isEquivalentTo(Class.class)
						&& (name.equals("forName") || name.startsWith("getDeclared") || name.startsWith("getResource")))
				|| (owner.isEquivalentTo(ClassLoader.class)
						&& (name.equals("loadClass") || name.startsWith("getResource")));
	}

}
