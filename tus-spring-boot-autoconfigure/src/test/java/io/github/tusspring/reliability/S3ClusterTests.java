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

package io.github.tusspring.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.storage.s3.VersityServer;
import org.junit.jupiter.api.Tag;
import software.amazon.awssdk.services.s3.S3AsyncClient;

import org.springframework.util.FileSystemUtils;

import static org.awaitility.Awaitility.await;

/**
 * A bucket that three instances share without any lock.
 */
@Tag("long")
class S3ClusterTests extends AbstractClusterTests {

	private static final String BUCKET = "cluster";

	/**
	 * Many gigabytes in the end. Here, so that the next run removes what one has left
	 * that was killed.
	 */
	private static final Path STORE = Path.of("target", "cluster-store");

	private S3Server server;

	@Override
	List<String> startServer() throws IOException {
		FileSystemUtils.deleteRecursively(STORE);
		this.server = (VersityServer.isInstalled() && !S3Server.isGiven())
				? new VersityServer(Files.createDirectories(STORE)) : S3Server.start();
		try (S3AsyncClient client = this.server.client()) {
			S3Bucket.create(client, BUCKET);
		}
		return List.of("tus.storage.type=s3", "tus.storage.s3.bucket=" + BUCKET, "tus.storage.s3.prefix=some/",
				"tus.storage.s3.endpoint=" + this.server.endpoint(), "tus.storage.s3.region=us-east-1",
				"tus.storage.s3.path-style-access=true", "tus.storage.s3.part-size=5MB", "tus.storage.s3.memory=128MB",
				// What an instance leaves that dies is removed after that. No client may
				// need longer between two of its requests.
				"tus.expiration.after=" + (60 + 6 * CLIENTS) + "s");
	}

	@Override
	void stopServer() throws IOException {
		if (this.server != null) {
			this.server.close();
		}
		FileSystemUtils.deleteRecursively(STORE);
	}

	/**
	 * Has most files consist of some parts.
	 */
	@Override
	int maxLength(int megabytes) {
		return super.maxLength(Math.max(megabytes, 16));
	}

	@Override
	int frozenAt() {
		return 6 * 1024 * 1024;
	}

	@Override
	void awaitStored(String id, int count) {
		// Who looks from elsewhere takes nothing over.
		TusRequests there = new TusRequests(cluster().instance(1).port());
		await().until(() -> there.offset("/files/" + id) == count);
	}

	@Override
	int seenWhileItIsSent(int count) {
		// Nothing counts before the manifest says so, which it does when the client is
		// silent for a while, and when it is done.
		return 0;
	}

	@Override
	byte[] stored(String id) {
		try (S3AsyncClient client = this.server.client()) {
			return new S3Bucket(client, BUCKET).get("some/" + id);
		}
	}

	@Override
	void assertNothingIsLeftOver(Set<String> delivered) throws IOException {
		try (S3AsyncClient client = this.server.client()) {
			new S3Bucket(client, BUCKET).assertNothingIsLeftOver("some/", delivered);
		}
	}

}
