package io.github.tusspring.storage.s3;

import io.github.tusspring.upload.AbstractUploadStorageTests;
import io.github.tusspring.upload.UploadStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * What every storage promises, kept by a bucket.
 */
abstract class AbstractS3UploadStorageTests extends AbstractUploadStorageTests {

	private static int buckets;

	private final String bucket = "uploads-" + ++buckets;

	protected S3UploadStorage storage;

	/**
	 * Returns a client of the server.
	 */
	protected abstract S3AsyncClient client();

	@BeforeEach
	void createBucket() {
		client().createBucket((request) -> request.bucket(this.bucket)).join();
		this.storage = open();
	}

	@AfterEach
	void closeStorage() {
		this.storage.close();
	}

	protected final S3UploadStorage open() {
		return new S3UploadStorage(client(), S3Server.settings(this.bucket, "some/"),
				(upload) -> S3Location.of(upload.id().toString()));
	}

	@Override
	protected UploadStorage storage() {
		return this.storage;
	}

	@Override
	protected UploadStorage reopen() {
		return open();
	}

}
