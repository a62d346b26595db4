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

package io.github.tusspring.security;

import java.util.List;

import io.github.tusspring.autoconfigure.TusSecurityProperties;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.event.TusUploadProgressEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What answers and the actuator say of what doesn't concern who reads them.
 */
class DisclosureTests {

	private static final String KEY = "a key of thirty-two characters, or more";

	@Test
	void answersOfAStoreThatCannotBeUsedNameNoBucketAndNoError() {
		try (S3ProxyServer store = new S3ProxyServer();
				TestServer server = S3Server.configure(TestServer.tomcat(), store.endpoint(), "confidential").start()) {
			RawResponse tus = RawRequest.of("POST", server.uri("/files"))
				.with("Upload-Length: 5")
				.with("Content-Length: 0")
				.send();
			RawResponse draft = RawRequest.of("POST", server.uri("/files"))
				.without("Tus-Resumable")
				.with("Upload-Draft-Interop-Version: 6")
				.with("Upload-Complete: ?0")
				.with("Content-Length: 0")
				.send();
			for (RawResponse response : new RawResponse[] { tus, draft }) {
				assertThat(response.status()).as(response.toString()).isEqualTo(503);
				assertThat(response.header("Retry-After")).isNotNull();
				assertThat(response.text()).contains("The storage can't be used now")
					.doesNotContain("confidential", "Bucket", "NoSuch", "Exception");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "env", "configprops" })
	void actuatorShowsNoKey(String endpoint) {
		try (TestServer server = TestServer.tomcat()
			.operations()
			.property("management.endpoints.web.exposure.include", "*")
			.property("tus.security.signing.keys[0]", KEY)
			.start()) {
			RawResponse response = RawRequest.of("GET", server.uri("/actuator/" + endpoint))
				.without("Tus-Resumable")
				.send();
			assertThat(response.status()).isEqualTo(200);
			assertThat(response.text()).contains("******").doesNotContain(KEY);
		}
	}

	@Test
	void propertiesAsTextHaveNoKey() {
		assertThat(new TusSecurityProperties(TusSecurityProperties.Owner.PRINCIPAL,
				new TusSecurityProperties.Signing(List.of(KEY))))
			.asString()
			.doesNotContain(KEY);
	}

	@Test
	void uploadsAsTextHaveNoWholeId() {
		UploadId id = UploadId.of("0123456789abcdef0123456789abcdef");
		assertThat(NewUpload.builder(id).build()).asString().doesNotContain(id.toString()).contains("01234567");
		try (TestServer server = TestServer.tomcat().start()) {
			String location = RawRequest.of("POST", server.uri("/files"))
				.with("Upload-Length: 5")
				.with("Content-Length: 0")
				.send()
				.header("Location");
			Upload upload = server.bean(TusUploads.class)
				.find(UploadId.of(location.substring(location.lastIndexOf('/') + 1)))
				.orElseThrow();
			assertThat(upload).asString().doesNotContain(upload.id().toString());
			assertThat(new TusUploadProgressEvent(upload)).asString().doesNotContain(upload.id().toString());
		}
	}

}
