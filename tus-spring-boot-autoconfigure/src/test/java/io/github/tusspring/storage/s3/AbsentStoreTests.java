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
package io.github.tusspring.storage.s3;

import java.io.IOException;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A store that goes away while the application reads what was uploaded.
 */
@ExtendWith(OutputCaptureExtension.class)
class AbsentStoreTests {

	@Test
	void clientComesBackToAListenerThatCouldNotReadTheContent(CapturedOutput output) {
		try (S3ProxyServer store = new S3ProxyServer();
				S3AsyncClient client = store.client();
				S3FaultProxy proxy = new S3FaultProxy(store.endpoint(), 1)) {
			S3Bucket.create(client, "uploads");
			upload(proxy);
		}
		assertThat(output.getOut().lines()).filteredOn((line) -> line.contains(" ERROR "))
			.singleElement()
			.asString()
			.contains("Bucket 'uploads' can't be used (500");
	}

	private static void upload(S3FaultProxy proxy) {
		try (TestServer server = S3Server.configure(TestServer.tomcat(), proxy.endpoint(), "uploads")
			.with(Application.class)
			.start()) {
			Application application = server.bean(Application.class);
			application.beforeReading = () -> proxy.always(S3FaultProxy.Fault.FAILED);
			String location = RawRequest.of("POST", server.uri("/files"))
				.with("Upload-Length: 5")
				.send()
				.header("Location");
			RawResponse failed = append(server, location, 0, "hello");
			assertThat(failed.status()).isEqualTo(503);
			assertThat(failed.header("Retry-After")).isNotNull();
			proxy.always(S3FaultProxy.Fault.NONE);
			application.beforeReading = () -> {
			};
			String offset = RawRequest.of("HEAD", server.uri(location)).send().header("Upload-Offset");
			assertThat(offset).isEqualTo("4");
			assertThat(append(server, location, 4, "o").status()).isEqualTo(204);
			assertThat(application.content).isEqualTo("hello");
		}
	}

	private static RawResponse append(TestServer server, String location, int offset, String bytes) {
		return RawRequest.of("PATCH", server.uri(location))
			.with("Content-Type: application/offset+octet-stream")
			.with("Upload-Offset: " + offset)
			.body(bytes)
			.send();
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		private volatile Runnable beforeReading;

		private volatile String content;

		@EventListener
		void take(TusUploadCompletedEvent event) throws IOException {
			this.beforeReading.run();
			this.content = new String(event.resource().getContentAsByteArray());
		}

	}

}
