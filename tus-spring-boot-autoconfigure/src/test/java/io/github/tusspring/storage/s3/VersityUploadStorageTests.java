package io.github.tusspring.storage.s3;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Tests of {@link S3UploadStorage} with the Versity S3 Gateway.
 */
@EnabledIf("io.github.tusspring.storage.s3.VersityServer#isInstalled")
class VersityUploadStorageTests extends AbstractS3UploadStorageTests {

	private static S3Server server;

	private static S3AsyncClient client;

	@BeforeAll
	static void start(@TempDir Path data) throws IOException {
		server = new VersityServer(data);
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
