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

package io.github.tusspring.web;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * The protocol on Tomcat, with uploads in a bucket.
 */
@Tag("long")
class S3TomcatProtocolTests extends AbstractTusProtocolTests {

	private static S3Server store;

	private static S3AsyncClient client;

	private static S3Bucket bucket;

	private static TestServer server;

	@BeforeAll
	static void start() {
		store = S3Server.start();
		client = store.client();
		bucket = S3Bucket.create(client, "uploads");
		server = store.configure(TestServer.tomcat(), "uploads").start();
	}

	@AfterAll
	static void stop() {
		server.close();
		client.close();
		store.close();
	}

	@Override
	protected TusTarget target() {
		return new S3TusTarget(server, bucket);
	}

}
