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

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadService;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletPath;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All that is configured, in an application that lacks something or has it already.
 */
class BackOffTests {

	/**
	 * What the names of a dependency's classes begin with, and a bean that needs it.
	 */
	private static final Map<String, String> DEPENDENCIES = Map.of("io.micrometer.core", "tusUploadMetrics",
			"io.micrometer.observation", "tusUploadObservations", HealthContributor.class.getName(),
			"tusHealthContributor", "org.springframework.boot.health.actuate", "tusReadinessGroup",
			ConditionalOnAvailableEndpoint.class.getName(), "tusEndpoint", "org.slf4j", "tusMdcObserver",
			"org.springframework.security", "tusAuthorizationManagerAuthorizer", "org.springframework.security.web",
			"tusUploadRequestMatchers", DispatcherServletPath.class.getName(), "tusHandlerLookup",
			DispatcherServlet.class.getName(), "tusController");

	private static final Set<String> DEPENDENCY_NAMES = DEPENDENCIES.keySet();

	@TempDir
	private Path directory;

	private <R extends AbstractApplicationContextRunner<R, ?, ?>> R with(R runner) {
		Class<?>[] all = ImportCandidates.load(AutoConfiguration.class, null)
			.getCandidates()
			.stream()
			.filter((name) -> name.startsWith("io.github.tusspring."))
			.map((name) -> ClassUtils.resolveClassName(name, null))
			.toArray(Class[]::new);
		return runner.withConfiguration(AutoConfigurations.of(all))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean(ObservationRegistry.class, ObservationRegistry::create)
			.withPropertyValues("tus.storage.disk.directory=" + this.directory.resolve("uploads"),
					"tus.progress.enabled=true", "tus.cors.allowed-origins=https://example.org",
					"tus.security.signing.keys[0]=a key of thirty-two characters, or more",
					"management.endpoints.web.exposure.include=tus");
	}

	private WebApplicationContextRunner everything() {
		return with(new WebApplicationContextRunner())
			.withConfiguration(
					AutoConfigurations.of(DispatcherServletAutoConfiguration.class, WebMvcAutoConfiguration.class))
			.withUserConfiguration(Application.class)
			.withPropertyValues("tus.endpoints[0].path=/documents");
	}

	@Test
	void whenAllDependenciesAreThereThenEverythingIs() {
		everything().run((context) -> assertThat(context).hasNotFailed()
			.getBeanNames(Object.class)
			.containsAll(DEPENDENCIES.values()));
	}

	@ParameterizedTest
	@FieldSource("DEPENDENCY_NAMES")
	void eachDependencyMayBeMissing(String dependency) {
		everything().withClassLoader(new FilteredClassLoader(dependency))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(UploadService.class)
				.doesNotHaveBean(DEPENDENCIES.get(dependency)));
	}

	@Test
	void allDependenciesMayBeMissing() {
		everything().withClassLoader(new FilteredClassLoader(DEPENDENCY_NAMES.toArray(String[]::new)))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(UploadService.class));
	}

	@ParameterizedTest
	@FieldSource("CHOICES")
	void whenDisabledThenThereIsNothing(String choice) {
		everything().withPropertyValues("tus.enabled=false", choice).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBeanNamesForType(Object.class)).noneMatch((name) -> name.startsWith("tus"));
			assertThat(this.directory.resolve("uploads")).doesNotExist();
		});
	}

	private static final List<String> CHOICES = List.of("tus.storage.type=disk", "tus.storage.type=s3",
			"tus.lock.type=jdbc", "tus.lock.type=redis");

	@Test
	void whenNotAServletApplicationThenUploadsAreThereAndNoneAreReceived() {
		with(new ApplicationContextRunner()).run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(TusUploads.class)
			.doesNotHaveBean(UploadService.class));
		with(new ReactiveWebApplicationContextRunner()).run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(TusUploads.class)
			.doesNotHaveBean(UploadService.class));
	}

	@Test
	void backsOffForEachBeanOfTheApplicationsOwn() {
		List<String> replaced = new ArrayList<>();
		everything().run((original) -> Stream.of(original.getBeanDefinitionNames())
			.filter((name) -> name.startsWith("tus"))
			.forEach((name) -> {
				ConditionalOnMissingBean condition = condition(original, name);
				if (condition != null) {
					replaced.add(name);
					String own = (condition.name().length > 0) ? condition.name()[0] : "mine";
					replace(original, name, own);
				}
			}));
		assertThat(replaced).hasSizeGreaterThan(25);
	}

	private static ConditionalOnMissingBean condition(AssertableWebApplicationContext context, String name) {
		return context.getBeanFactory().findAnnotationOnBean(name, ConditionalOnMissingBean.class);
	}

	@SuppressWarnings("unchecked")
	private void replace(AssertableWebApplicationContext original, String name, String own) {
		// A mapping belongs to one application.
		Object bean = (original.getBean(name) instanceof HandlerMapping) ? new SimpleUrlHandlerMapping()
				: original.getBean(name);
		everything()
			.withBean(own, (Class<Object>) bean.getClass(), () -> bean,
					(definition) -> definition.setDestroyMethodName(""))
			.run((context) -> {
				assertThat(context).as(name).hasNotFailed();
				assertThat(context.getBean(own)).as(name).isSameAs(bean);
				assertThat(context.containsBean(name)).as(name).isEqualTo(own.equals(name));
			});
	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Application {

		@PostMapping("/documents")
		void document() {
		}

	}

}
