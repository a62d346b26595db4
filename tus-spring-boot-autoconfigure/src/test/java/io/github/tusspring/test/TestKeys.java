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
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;

import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key for a server that speaks TLS, and what makes clients trust it.
 */
public final class TestKeys {

	private static final String PASSWORD = "password";

	private final Path file;

	private final SSLContext clientContext;

	/**
	 * Makes a key.
	 * @param directory where it is kept
	 */
	public TestKeys(Path directory) {
		this.file = directory.resolve("keys.p12");
		String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
		try {
			Process process = new ProcessBuilder(keytool, "-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname",
					"CN=localhost", "-ext", "SAN=dns:localhost", "-storetype", "PKCS12", "-storepass", PASSWORD,
					"-keystore", this.file.toString())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			if (process.waitFor() != 0) {
				throw new IllegalStateException("No key was made");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		this.clientContext = trusting(this.file);
	}

	private static SSLContext trusting(Path file) {
		try {
			TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
			trust.init(KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray()));
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, trust.getTrustManagers(), null);
			return context;
		}
		catch (GeneralSecurityException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Lets a server speak TLS with it.
	 */
	public TestServer.Builder configure(TestServer.Builder server) {
		return server.property("server.ssl.key-store", this.file.toUri().toString())
			.property("server.ssl.key-store-password", PASSWORD);
	}

	/**
	 * Returns what a client needs to trust the server.
	 */
	public SSLContext clientContext() {
		return this.clientContext;
	}

	/**
	 * Connects to a port of this machine.
	 */
	public RawConnection connect(int port) {
		try {
			return RawConnection.over(this.clientContext.getSocketFactory().createSocket("127.0.0.1", port));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
