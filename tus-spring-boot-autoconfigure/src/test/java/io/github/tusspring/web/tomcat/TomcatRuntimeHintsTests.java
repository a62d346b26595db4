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

package io.github.tusspring.web.tomcat;

import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

class TomcatRuntimeHintsTests {

	@Test
	void whatIsReachedByReflectionIsThereInANativeImage() throws Exception {
		RuntimeHints hints = new RuntimeHints();
		SpringFactoriesLoader.forResourceLocation("META-INF/spring/aot.factories")
			.load(RuntimeHintsRegistrar.class)
			.stream()
			.filter(TomcatRuntimeHints.class::isInstance)
			.forEach((registrar) -> registrar.registerHints(hints, getClass().getClassLoader()));
		List<Member> members = members();
		assertThat(members).extracting(Member::getName)
			.contains("hook", "socketWrapper", "wrapper", "handler", "stream", "state", "writeHeaders");
		for (Member member : members) {
			assertThat(isReached(member)).as(member.toString()).accepts(hints);
			assertThat(types(member)).filteredOn((type) -> !Modifier.isPublic(type.getModifiers()))
				.allSatisfy((type) -> assertThat(RuntimeHintsPredicates.reflection().onType(type)).as(type.toString())
					.accepts(hints));
		}
	}

	private static Predicate<RuntimeHints> isReached(Member member) {
		return (member instanceof Method method) ? RuntimeHintsPredicates.reflection().onMethodInvocation(method)
				: RuntimeHintsPredicates.reflection().onFieldAccess((Field) member);
	}

	private static Stream<Class<?>> types(Member member) {
		return (member instanceof Method method)
				? Stream.concat(Stream.of(method.getDeclaringClass()), Arrays.stream(method.getParameterTypes()))
				: Stream.of(member.getDeclaringClass(), ((Field) member).getType());
	}

	/**
	 * Returns the members that are in fields of this package's classes.
	 */
	private static List<Member> members() throws Exception {
		List<Member> members = new ArrayList<>();
		for (JavaClass type : new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
			.importPackagesOf(TomcatFields.class)) {
			for (Field field : type.reflect().getDeclaredFields()) {
				if (Member.class.isAssignableFrom(field.getType())) {
					field.setAccessible(true);
					members.add((Member) field.get(instance(field)));
				}
			}
		}
		return members;
	}

	/**
	 * Makes what has a field, by its constructor or by its method that looks for it.
	 */
	private static @Nullable Object instance(Field field) throws Exception {
		Class<?> owner = field.getDeclaringClass();
		if (Modifier.isStatic(field.getModifiers())) {
			return null;
		}
		if (!owner.isRecord()) {
			return BeanUtils.instantiateClass(owner);
		}
		Method find = owner.getDeclaredMethod("find");
		find.setAccessible(true);
		return find.invoke(null);
	}

	@Test
	void withoutTomcatThereIsNothingToReach() {
		RuntimeHints hints = new RuntimeHints();
		new TomcatRuntimeHints().registerHints(hints, new FilteredClassLoader("org.apache.coyote"));
		assertThat(hints.reflection().typeHints()).isEmpty();
	}

}
