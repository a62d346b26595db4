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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which package may know which, as the documentation of the design says.
 */
@AnalyzeClasses(packages = "io.github.tusspring", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String ROOT = "io.github.tusspring";

	@ArchTest
	static final ArchRule domainKnowsSpringsCoreAndEventsAlone = classes().that()
		.resideInAPackage(ROOT + ".upload..")
		.should()
		.onlyDependOnClassesThat(resideInAnyPackage(ROOT + ".upload..", "java..", "org.jspecify..",
				"org.apache.commons.logging..", "org.springframework.core..", "org.springframework.util..",
				"org.springframework.context..", "org.springframework.scheduling.."));

	@ArchTest
	static final ArchRule protocolIsPure = classes().that()
		.resideInAPackage(ROOT + ".protocol..")
		.should()
		.onlyDependOnClassesThat(resideInAnyPackage(ROOT + ".protocol..", ROOT + ".upload..", "java.lang..",
				"java.util..", "java.time..", "java.nio.charset..", "org.jspecify..", "org.springframework.util.."));

	@ArchTest
	static final ArchRule storagesKnowTheDomainAlone = noClasses().that()
		.resideInAPackage(ROOT + ".storage..")
		.should()
		.dependOnClassesThat(ours(".lock..", ".web..", ".protocol..", ".autoconfigure.."));

	@ArchTest
	static final ArchRule lockersKnowTheDomainAlone = noClasses().that()
		.resideInAPackage(ROOT + ".lock..")
		.should()
		.dependOnClassesThat(ours(".storage..", ".web..", ".protocol..", ".autoconfigure.."));

	@ArchTest
	static final ArchRule webKnowsNoStorageAndNoLocker = noClasses().that()
		.resideInAPackage(ROOT + ".web..")
		.should()
		.dependOnClassesThat(ours(".storage..", ".lock..", ".autoconfigure.."));

	@ArchTest
	static final ArchRule servletsAreOfTheWeb = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".web..", ROOT + ".security..", ROOT + ".autoconfigure..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("jakarta.servlet..", "org.springframework.web.."));

	@ArchTest
	static final ArchRule containersAreKnownInTheirOwnPackagesOnly = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".web.tomcat..", ROOT + ".web.jetty..", ROOT + ".autoconfigure..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("org.apache.catalina..", "org.apache.coyote..", "org.apache.tomcat..",
				"org.eclipse.jetty.."));

	@ArchTest
	static final ArchRule springSecurityIsKnownInItsOwnPackageOnly = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".security..", ROOT + ".autoconfigure..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("org.springframework.security.."));

	@ArchTest
	static final ArchRule sdkIsOfTheStorageOnS3 = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".storage.s3..", ROOT + ".autoconfigure..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("software.amazon.awssdk.."));

	@ArchTest
	static final ArchRule bootIsOfTheAutoConfiguration = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".autoconfigure..", ROOT + ".actuate..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("org.springframework.boot.."));

	@ArchTest
	static final ArchRule metersAreOfTheActuator = noClasses().that()
		.resideOutsideOfPackages(ROOT + ".actuate..", ROOT + ".autoconfigure..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("io.micrometer.core.."));

	@ArchTest
	static final ArchRule operationKnowsTheDomainAlone = noClasses().that()
		.resideInAnyPackage(ROOT + ".actuate..", ROOT + ".observation..")
		.should()
		.dependOnClassesThat(ours(".storage..", ".lock..", ".web..", ".protocol..", ".autoconfigure.."));

	@ArchTest
	static final ArchRule secretsAreComparedInConstantTime = noClasses().that()
		.resideInAnyPackage(ROOT + ".web..", ROOT + ".security..")
		.should()
		.callMethod(Arrays.class, "equals", byte[].class, byte[].class);

	@ArchTest
	static final ArchRule packagesAreFreeOfCycles = slices().assignedFrom(new Packages()).should().beFreeOfCycles();

	@ArchTest
	static final ArchRule autoConfigurationShowsOnlyWhatBootNeeds = classes().that()
		.resideInAPackage(ROOT + ".autoconfigure..")
		.and()
		.arePublic()
		.and()
		.areTopLevelClasses()
		.should()
		.beAnnotatedWith(AutoConfiguration.class)
		.orShould()
		.beAnnotatedWith(ConfigurationProperties.class)
		.orShould()
		.haveSimpleNameEndingWith("Properties");

	@ArchTest
	static final ArchRule autoConfigurationsAreFinal = classes().that()
		.areAnnotatedWith(AutoConfiguration.class)
		.should()
		.haveModifier(JavaModifier.FINAL)
		.andShould()
		.bePublic();

	@ArchTest
	static final ArchRule classesAreCalledWhatTheyAre = noClasses().should()
		.haveNameMatching(".*(Impl|Utils?|Managers?|Helpers?)");

	@ArchTest
	static final ArchRule logIsSprings = noClasses().that()
		// The diagnostic context is SLF4J's.
		.resideOutsideOfPackages(ROOT + ".observation..", ROOT + ".autoconfigure..")
		.should()
		.dependOnClassesThat(resideInAnyPackage("org.slf4j..", "java.util.logging..", "org.apache.logging.."));

	@ArchTest
	static final ArchRule nullIsSaid = classes()
		.should(new ArchCondition<JavaClass>("be in a package that is @NullMarked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				boolean marked = type.getPackage().isAnnotatedWith(NullMarked.class);
				events.add(new SimpleConditionEvent(type, marked,
						type.getPackageName() + " has no package-info.java with @NullMarked"));
			}

		});

	@Test
	void everyFileSaysItsLicense() throws IOException {
		List<Path> sources = List.of(Path.of("src"), Path.of("../tus-sample-app/src"),
				Path.of("../tus-spring-boot-test/src"), Path.of("../benchmarks/servers"));
		for (Path directory : sources) {
			try (Stream<Path> files = Files.walk(directory)) {
				assertThat(files.filter((file) -> file.toString().endsWith(".java"))).isNotEmpty()
					.allSatisfy((file) -> assertThat(file).content()
						.startsWith("/*\n * Copyright 2026-present the original author or authors.\n"));
			}
		}
	}

	private static DescribedPredicate<JavaClass> ours(String... packages) {
		return resideInAnyPackage(Stream.of(packages).map((name) -> ROOT + name).toArray(String[]::new));
	}

	/**
	 * Each package is a slice of its own; the events belong to the domain.
	 */
	private static final class Packages implements SliceAssignment {

		@Override
		public SliceIdentifier getIdentifierOf(JavaClass type) {
			return SliceIdentifier.of(type.getPackageName().replace(".upload.event", ".upload"));
		}

		@Override
		public String getDescription() {
			return "packages";
		}

	}

}
