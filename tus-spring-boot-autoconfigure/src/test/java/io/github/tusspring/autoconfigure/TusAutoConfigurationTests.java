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

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.tusspring.lock.LocalUploadLocker;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadCleaner;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadDelivery;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadInterceptor;
import io.github.tusspring.upload.UploadLocker;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.web.SignedUploadUrls;
import io.github.tusspring.web.TusController;
import io.github.tusspring.web.UploadCorsCustomizer;
import jakarta.servlet.Filter;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.servlet.DispatcherServlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class TusAutoConfigurationTests {

	@TempDir
	private Path directory;

	private WebApplicationContextRunner runner() {
		return new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TusAutoConfiguration.class, TusWebMvcAutoConfiguration.class,
					TusEndpointAutoConfiguration.class))
			.withPropertyValues("tus.storage.disk.directory=" + this.directory.resolve("uploads"));
	}

	@Test
	void uploadsAreReceivedWithoutAnyConfiguration() {
		runner().run((context) -> {
			assertThat(context).hasSingleBean(UploadService.class);
			assertThat(context).hasSingleBean(TusUploads.class);
			assertThat(context).hasSingleBean(TusController.class);
			assertThat(context).getBean(UploadStorage.class).isInstanceOf(DiskUploadStorage.class);
			assertThat(context).getBean(UploadLocker.class).isInstanceOf(LocalUploadLocker.class);
			assertThat(this.directory.resolve("uploads")).isDirectory();
		});
	}

	@Test
	void whenTheServletHasAPathThenSignedUrlsHaveIt() {
		runner().withUserConfiguration(ServletConfiguration.class)
			.withPropertyValues("tus.security.signing.keys=a key that is long enough for a signature")
			.run((context) -> assertThat(
					context.getBean(SignedUploadUrls.class).toCreate(Duration.ofHours(1), (grant) -> grant))
				.startsWith("/api/files?"));
	}

	@Test
	void whenNotAServletApplicationThenUploadsAreThereButNoneAreReceived() {
		AutoConfigurations configurations = AutoConfigurations.of(TusAutoConfiguration.class,
				TusWebMvcAutoConfiguration.class);
		String directory = "tus.storage.disk.directory=" + this.directory.resolve("uploads");
		new ApplicationContextRunner().withConfiguration(configurations)
			.withPropertyValues(directory)
			.run(TusAutoConfigurationTests::assertUploadsAlone);
		new ReactiveWebApplicationContextRunner().withConfiguration(configurations)
			.withPropertyValues(directory)
			.run(TusAutoConfigurationTests::assertUploadsAlone);
	}

	private static void assertUploadsAlone(ApplicationContext context) {
		assertThat(context.getBean(TusUploads.class).find(UploadId.of("a"))).isEmpty();
		assertThat(context.getBeanProvider(UploadService.class).getIfAvailable()).isNull();
		assertThat(context.getBeanProvider(UploadDelivery.class).getIfAvailable()).isNull();
		assertThat(context.getBeanProvider(UploadCleaner.class).getIfAvailable()).isNull();
		assertThat(context.getBeansOfType(TaskScheduler.class)).isEmpty();
	}

	@Test
	void whenSpringMvcIsMissingThenTheEngineIsThereWithoutController() {
		runner().withClassLoader(new FilteredClassLoader(DispatcherServlet.class)).run((context) -> {
			assertThat(context).hasSingleBean(UploadService.class);
			assertThat(context).doesNotHaveBean("tusController");
		});
	}

	@Test
	void whenTomcatIsMissingThenJettyIsEnough() {
		runner().withClassLoader(new FilteredClassLoader(Tomcat.class)).run((context) -> {
			assertThat(context).hasSingleBean(TusController.class);
			assertThat(context).doesNotHaveBean("tusTomcatConnectionAborter");
			assertThat(context).hasBean("tusJettyConnectionAborter");
		});
	}

	@Test
	void whenJettyIsMissingThenTomcatIsEnough() {
		runner().withClassLoader(new FilteredClassLoader(ServletContextRequest.class)).run((context) -> {
			assertThat(context).hasSingleBean(TusController.class);
			assertThat(context).hasBean("tusTomcatConnectionAborter");
			assertThat(context).doesNotHaveBean("tusJettyConnectionAborter");
		});
	}

	@Test
	void backsOffWhenTheApplicationHasAStorage() {
		runner().withUserConfiguration(StorageConfiguration.class).run((context) -> {
			assertThat(context).hasSingleBean(UploadStorage.class).doesNotHaveBean(DiskUploadStorage.class);
			assertThat(context.getBean(TusUploads.class).find(UploadId.of("a"))).isPresent();
			assertThat(this.directory.resolve("uploads")).doesNotExist();
		});
	}

	@Test
	void backsOffWhenTheApplicationHasALocker() {
		runner().withBean("mine", UploadLocker.class, () -> mock(UploadLocker.class))
			.run((context) -> assertThat(context).hasSingleBean(UploadLocker.class).hasBean("mine"));
	}

	@Test
	void backsOffWhenTheApplicationHasAnIdGenerator() {
		runner().withBean("mine", UploadIdGenerator.class, () -> () -> UploadId.of("mine"))
			.run((context) -> assertThat(context).hasSingleBean(UploadIdGenerator.class).hasBean("mine"));
	}

	@Test
	void interceptorsAreAskedInTheirOrder() {
		runner().withUserConfiguration(InterceptorConfiguration.class).run((context) -> {
			Upload created = context.getBean(UploadService.class)
				.create(NewUpload.builder(UploadId.of("x")).length(3L).build(), UploadClient.ANONYMOUS)
				.upload();
			assertThat(created.id()).hasToString("x-first-second");
		});
	}

	@Test
	void namesOfOurBeansLeaveTheApplicationItsOwn() {
		runner().run((context) -> {
			List<String> ours = List.of(context.getBeanDefinitionNames())
				.stream()
				.filter((name) -> context.getType(name) != null
						&& context.getType(name).getName().startsWith("io.github.tusspring"))
				.toList();
			assertThat(ours).allMatch((name) -> name.startsWith("tus") || name.startsWith("io.github.tusspring"));
		});
	}

	@Test
	void filtersAreRegisteredForOurPathOnlyWhereTheyAreNeeded() {
		runner().run((context) -> assertThat(context).doesNotHaveBean("tusCorsFilter"));
		runner().withPropertyValues("tus.cors.allowed-origins=https://example.org")
			.run((context) -> assertThat(context).hasBean("tusCorsFilter"));
		runner().withPropertyValues("tus.cors.allowed-origins[0]=https://example.org")
			.run((context) -> assertThat(context).hasBean("tusCorsFilter"));
		runner().withPropertyValues("tus.cors.allowed-origin-patterns=https://*.example.org")
			.run((context) -> assertThat(context).hasBean("tusCorsFilter")
				.getBean("tusCorsFilter", FilterRegistrationBean.class)
				.extracting(FilterRegistrationBean<Filter>::getFilter)
				.isNotNull());
	}

	@Test
	void customizersSayInTheirOrderWhichPagesOfOtherOriginsMayDoWhat() {
		runner().withBean("last", UploadCorsCustomizer.class, () -> new LastCorsCustomizer())
			.withBean("first", UploadCorsCustomizer.class, () -> new FirstCorsCustomizer())
			.withPropertyValues("tus.cors.max-age=60")
			.run((context) -> {
				MockHttpServletRequest preflight = new MockHttpServletRequest("OPTIONS", "/files");
				preflight.addHeader("Origin", "https://tenant.example.org");
				preflight.addHeader("Access-Control-Request-Method", "PATCH");
				MockHttpServletResponse response = new MockHttpServletResponse();
				context.getBean("tusCorsFilter", FilterRegistrationBean.class)
					.getFilter()
					.doFilter(preflight, response, new MockFilterChain());
				assertThat(response.getStatus()).isEqualTo(200);
				assertThat(response.getHeader("Access-Control-Allow-Origin")).isEqualTo("https://tenant.example.org");
				assertThat(response.getHeader("Access-Control-Max-Age")).isEqualTo("61");
			});
	}

	@Test
	void whenCustomizerAllowsAllOriginsCredentialsThenTheStartFails() {
		runner().withBean(UploadCorsCustomizer.class, () -> (configuration) -> configuration.setAllowCredentials(true))
			.withPropertyValues("tus.cors.allowed-origins=*")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(IllegalArgumentException.class)
				.hasMessageContaining("allowCredentials"));
	}

	@Test
	void oneLineSaysWhereUploadsGo() {
		Logger logger = (Logger) LoggerFactory.getLogger("io.github.tusspring");
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		lines.start();
		logger.addAppender(lines);
		Level level = logger.getLevel();
		logger.setLevel(Level.INFO);
		try {
			runner().withPropertyValues("tus.path=/videos")
				.run((context) -> assertThat(lines.list).singleElement()
					.extracting(ILoggingEvent::getFormattedMessage)
					.asString()
					.contains("/videos", this.directory.toString()));
		}
		finally {
			logger.setLevel(level);
			logger.detachAppender(lines);
		}
	}

	@Test
	void directoryThatCanNotBeUsedIsExplained() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		runner().withPropertyValues("tus.storage.disk.directory=" + file).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = new UnusableDirectoryFailureAnalyzer().analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).contains("'" + file.toAbsolutePath() + "'");
			assertThat(analysis.getAction()).contains("tus.storage.disk.directory");
		});
	}

	@Test
	void directoryBelowAFileIsExplained() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		runner().withPropertyValues("tus.storage.disk.directory=" + file.resolve("below")).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(new UnusableDirectoryFailureAnalyzer().analyze(context.getStartupFailure())).isNotNull();
		});
	}

	@Configuration(proxyBeanMethods = false)
	static class StorageConfiguration {

		@Bean
		UploadStorage storage() throws IOException {
			UploadStorage storage = mock(UploadStorage.class);
			Upload upload = Upload.builder(NewUpload.builder(UploadId.of("a")).length(3L).build(), Instant.now())
				.build();
			given(storage.find(UploadId.of("a"))).willReturn(upload);
			given(storage.list()).willAnswer((call) -> Stream.empty());
			return storage;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class InterceptorConfiguration {

		@Bean
		@Order(2)
		UploadInterceptor second() {
			return (upload) -> upload.withId(UploadId.of(upload.id() + "-second"));
		}

		@Bean
		@Order(1)
		UploadInterceptor first() {
			return (upload) -> upload.withId(UploadId.of(upload.id() + "-first"));
		}

	}

	@Order(1)
	private static final class FirstCorsCustomizer implements UploadCorsCustomizer {

		@Override
		public void customize(CorsConfiguration configuration) {
			configuration.setAllowedOrigins(List.of("https://tenant.example.org"));
			configuration.setMaxAge(1L);
		}

	}

	@Order(2)
	private static final class LastCorsCustomizer implements UploadCorsCustomizer {

		@Override
		public void customize(CorsConfiguration configuration) {
			Long before = configuration.getMaxAge();
			assertThat(before).isNotNull();
			configuration.setMaxAge(before + 60);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ServletConfiguration {

		@Bean
		DispatcherServletRegistrationBean servlet() {
			return new DispatcherServletRegistrationBean(new DispatcherServlet(), "/api/*");
		}

	}

}
