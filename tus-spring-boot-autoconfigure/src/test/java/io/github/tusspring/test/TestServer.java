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

package io.github.tusspring.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * A small application on a real server with our auto-configuration, at a port of its own
 * and with an upload directory of its own. Spring Security is there only where it is
 * asked for.
 *
 * <pre class="code">
 * try (TestServer server = TestServer.tomcat().property("tus.max-size", "1KB").start()) {
 *     RawConnection connection = RawConnection.to(server.port());
 *     ...
 * }
 * </pre>
 */
public final class TestServer implements AutoCloseable {

	private static final String TOMCAT = "org.springframework.boot.tomcat.autoconfigure.servlet."
			+ "TomcatServletWebServerAutoConfiguration";

	private static final String JETTY = "org.springframework.boot.jetty.autoconfigure.servlet."
			+ "JettyServletWebServerAutoConfiguration";

	private static final String MANAGEMENT_SECURITY = "org.springframework.boot.security.autoconfigure.actuate.web."
			+ "servlet.ManagementWebSecurityAutoConfiguration";

	private static final List<String> CLUSTER = List.of(
			"org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
			"org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration",
			"org.springframework.boot.data.redis.autoconfigure.DataRedisReactiveAutoConfiguration");

	private static final List<String> SECURITY = List.of(
			"org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration",
			"org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration");

	/**
	 * What Boot configures for the operation of an application: most tests do without.
	 */
	private static final List<String> OPERATIONS = ImportCandidates.load(AutoConfiguration.class, null)
		.getCandidates()
		.stream()
		.filter((name) -> name.matches("org\\.springframework\\.boot\\..*(actuate|health|micrometer|opentelemetry).*"))
		.toList();

	private final ConfigurableApplicationContext context;

	private final Path directory;

	private final boolean ownDirectory;

	private TestServer(ConfigurableApplicationContext context, Path directory, boolean ownDirectory) {
		this.context = context;
		this.directory = directory;
		this.ownDirectory = ownDirectory;
	}

	/**
	 * Begins to describe a server that runs on Tomcat.
	 */
	public static Builder tomcat() {
		return new Builder(JETTY);
	}

	/**
	 * Begins to describe a server that runs on Jetty.
	 */
	public static Builder jetty() {
		return new Builder(TOMCAT);
	}

	public int port() {
		return ((WebServerApplicationContext) this.context).getWebServer().getPort();
	}

	public ConfigurableApplicationContext context() {
		return this.context;
	}

	public <T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	/**
	 * Returns the directory in which uploads are kept.
	 */
	public Path directory() {
		return this.directory;
	}

	/**
	 * Returns a URL on this server.
	 * @param path the path, context path included
	 */
	public URI uri(String path) {
		return URI.create("http://127.0.0.1:" + port() + path);
	}

	@Override
	public void close() {
		this.context.close();
		if (this.ownDirectory) {
			try {
				FileSystemUtils.deleteRecursively(this.directory);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}
	}

	/**
	 * Describes a server.
	 */
	public static final class Builder {

		private final List<String> exclusions = new ArrayList<>();

		private final Map<String, Object> properties = new LinkedHashMap<>();

		private final List<Class<?>> sources = new ArrayList<>();

		private Path directory;

		private Builder(String otherServer) {
			this.exclusions.add(otherServer);
			this.exclusions.addAll(CLUSTER);
			this.exclusions.addAll(SECURITY);
			this.exclusions.addAll(OPERATIONS);
			this.sources.add(Application.class);
			property("server.port", "0");
			property("server.address", "127.0.0.1");
			property("spring.main.banner-mode", "off");
			property("spring.main.register-shutdown-hook", "false");
			property("spring.jmx.enabled", "false");
			property("spring.main.log-startup-info", "false");
			property("logging.level.root", "warn");
			property("tus.storage.disk.min-free-space", "0");
		}

		public Builder property(String name, Object value) {
			this.properties.put(name, value);
			return this;
		}

		/**
		 * Adds configuration classes.
		 */
		public Builder with(Class<?>... configurations) {
			this.sources.addAll(List.of(configurations));
			return this;
		}

		/**
		 * Keeps uploads in a directory that outlives the server.
		 */
		public Builder directory(Path directory) {
			this.directory = directory;
			return this;
		}

		/**
		 * Adds Spring Security's auto-configuration.
		 */
		public Builder security() {
			this.exclusions.removeAll(SECURITY);
			return this;
		}

		/**
		 * Adds what Boot configures for the operation of an application: metrics, traces
		 * and the actuator's endpoints.
		 */
		public Builder operations() {
			this.exclusions.removeAll(OPERATIONS);
			this.exclusions.add(MANAGEMENT_SECURITY);
			return this;
		}

		/**
		 * Adds the chain of filters that Boot makes where there is an actuator and none
		 * of the application's own.
		 */
		public Builder managementSecurity() {
			this.exclusions.remove(MANAGEMENT_SECURITY);
			return this;
		}

		/**
		 * Adds what Boot configures for databases and Redis.
		 */
		public Builder cluster() {
			this.exclusions.removeAll(CLUSTER);
			return this;
		}

		public TestServer start() {
			boolean own = this.directory == null;
			try {
				Path uploads = own ? Files.createTempDirectory("tus-test") : this.directory;
				this.properties.put("tus.storage.disk.directory", uploads.toString());
				this.properties.put("spring.autoconfigure.exclude", String.join(",", this.exclusions));
				SpringApplication application = new SpringApplication(this.sources.toArray(Class[]::new));
				application.setDefaultProperties(this.properties);
				return new TestServer(application.run(), uploads, own);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
