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

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Random;

import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Contents that lie in another bucket than their manifests.
 */
class S3OtherBucketTests {

	private static final int SMALL = 1000;

	private static final int LARGE = 6 * 1024 * 1024;

	private static S3Server store;

	private static S3AsyncClient client;

	private static S3Bucket uploads;

	private static S3Bucket videos;

	private static TestServer server;

	@BeforeAll
	static void start() {
		store = S3Server.start();
		client = store.client();
		uploads = S3Bucket.create(client, "uploads");
		videos = S3Bucket.create(client, "videos");
		server = store.configure(TestServer.tomcat(), "uploads")
			.with(Keys.class)
			.property("tus.storage.s3.part-size", "5MB")
			.property("tus.storage.s3.memory", "20MB")
			.start();
	}

	@AfterAll
	static void stop() {
		server.close();
		client.close();
		store.close();
	}

	@Test
	void uploadThatIsPutAtOnceLiesThere() throws Exception {
		assertLiesThere(upload("X-Nothing: yes", content(SMALL)), content(SMALL));
	}

	@Test
	void uploadOfPartsLiesThere() throws Exception {
		assertLiesThere(upload("X-Nothing: yes", content(LARGE)), content(LARGE));
	}

	@Test
	void finalUploadIsMadeThereOfWhatLiesThere() throws Exception {
		String large = upload("Upload-Concat: partial", content(LARGE));
		String small = upload("Upload-Concat: partial", content(SMALL));
		RawResponse whole = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Concat: final;" + large + " " + small)
			.with("Upload-Metadata: to dmlkZW9z")
			.with("Content-Length: 0")
			.send();
		assertThat(whole.status()).as(whole.toString()).isEqualTo(201);
		byte[] expected = new byte[LARGE + SMALL];
		System.arraycopy(content(LARGE), 0, expected, 0, LARGE);
		System.arraycopy(content(SMALL), 0, expected, LARGE, SMALL);
		assertLiesThere(whole.header("Location"), expected);
	}

	@Test
	void uploadThatHasBegunIsRemovedThereWithItsParts() {
		RawResponse created = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + (LARGE + 1))
			.with("Upload-Metadata: to dmlkZW9z")
			.with("Content-Type: application/offset+octet-stream")
			.body(content(LARGE))
			.send();
		assertThat(videos.multipartUploads()).isNotEmpty();
		delete(created.header("Location"));
		assertThat(videos.multipartUploads()).isEmpty();
	}

	private static void assertLiesThere(String location, byte[] content) throws Exception {
		UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
		String key = "some/deep/" + id;
		await().untilAsserted(() -> assertThat(uploads.keys()).doesNotContain("some/.due/" + id));
		assertThat(videos.get(key)).isEqualTo(content);
		assertThat(uploads.keys()).contains("some/" + id + ".info").doesNotContain(key, "some/" + id);
		assertThat(server.bean(TusUploads.class).open(id).getContentAsByteArray()).isEqualTo(content);
		URI url = server.bean(TusUploads.class).downloadUrl(id, Duration.ofMinutes(1)).orElseThrow();
		assertThat(HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(url).build(), HttpResponse.BodyHandlers.ofByteArray())
			.body()).isEqualTo(content);
		delete(location);
		assertThat(videos.keys()).doesNotContain(key);
		assertThat(uploads.keys()).noneMatch((name) -> name.contains(id.toString()));
	}

	private static void delete(String location) {
		assertThat(RawRequest.of("DELETE", server.uri(location)).send().status()).isEqualTo(204);
	}

	private static String upload(String line, byte[] content) {
		RawResponse response = RawRequest.of("POST", server.uri("/files"))
			.with("Upload-Length: " + content.length)
			.with("Upload-Metadata: to dmlkZW9z")
			.with(line)
			.with("Content-Type: application/offset+octet-stream")
			.body(content)
			.send();
		assertThat(response.status()).as(response.toString()).isEqualTo(201);
		return response.header("Location");
	}

	private static byte[] content(int size) {
		byte[] content = new byte[size];
		new Random(size).nextBytes(content);
		return content;
	}

	@Configuration(proxyBeanMethods = false)
	static class Keys {

		@Bean
		S3KeyStrategy keys() {
			return (upload) -> new S3Location(upload.metadata().get("to"), "deep/" + upload.id());
		}

	}

}
