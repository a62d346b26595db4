package io.github.tusspring.storage.s3;

import java.net.URI;
import java.time.Duration;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * A server that speaks S3, for tests.
 */
public interface S3Server extends AutoCloseable {

	String ACCESS_KEY = "tester";

	String SECRET_KEY = "secret-of-the-tester";

	/**
	 * Returns where the server listens.
	 */
	URI endpoint();

	/**
	 * Returns a client of the server.
	 */
	default S3AsyncClient client() {
		return client(endpoint());
	}

	/**
	 * Returns a client of the server, or of a proxy before it.
	 */
	static S3AsyncClient client(URI endpoint) {
		return S3AsyncClient.builder()
			.endpointOverride(endpoint)
			.region(Region.US_EAST_1)
			.forcePathStyle(true)
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
			.build();
	}

	/**
	 * Returns settings of small parts.
	 */
	static S3Settings settings(String bucket, String prefix) {
		return new S3Settings(bucket, prefix, S3Settings.MIN_PART_SIZE, 10_000, 4, 64 * 1024 * 1024, false,
				ConditionalWrites.REQUIRED, Duration.ofDays(1));
	}

	@Override
	void close();

}
