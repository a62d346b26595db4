package io.github.tusspring.storage.s3;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Tests of {@link S3UploadStorage} with S3Proxy.
 */
class S3ProxyUploadStorageTests extends AbstractS3UploadStorageTests {

	private static S3Server server;

	private static S3AsyncClient client;

	@BeforeAll
	static void start() {
		server = new S3ProxyServer();
		client = server.client();
	}

	@AfterAll
	static void stop() {
		client.close();
		server.close();
	}

	@Override
	protected S3AsyncClient client() {
		return client;
	}

}
