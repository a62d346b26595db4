package io.github.tusspring.web;

import io.github.tusspring.protocol.tus.AbstractTusProtocolTests;
import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.test.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * The protocol on Jetty, with uploads in a bucket.
 */
class S3JettyProtocolTests extends AbstractTusProtocolTests {

	private static S3Server store;

	private static S3AsyncClient client;

	private static S3Bucket bucket;

	private static TestServer server;

	@BeforeAll
	static void start() {
		store = new S3ProxyServer();
		client = store.client();
		bucket = S3Bucket.create(client, "uploads");
		server = store.configure(TestServer.jetty(), "uploads").start();
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
