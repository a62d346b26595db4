package io.github.tusspring.storage.s3;

import java.net.URI;
import java.time.Duration;

import io.github.tusspring.test.TestServer;
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
	 * Has an application keep its uploads here.
	 */
	default TestServer.Builder configure(TestServer.Builder builder, String bucket) {
		return configure(builder, endpoint(), bucket);
	}

	/**
	 * Has an application keep its uploads at an endpoint.
	 */
	static TestServer.Builder configure(TestServer.Builder builder, URI endpoint, String bucket) {
		System.setProperty("aws.accessKeyId", ACCESS_KEY);
		System.setProperty("aws.secretAccessKey", SECRET_KEY);
		return builder.property("tus.storage.type", "s3")
			.property("tus.storage.s3.bucket", bucket)
			.property("tus.storage.s3.prefix", "some/")
			.property("tus.storage.s3.endpoint", endpoint)
			.property("tus.storage.s3.region", "us-east-1")
			.property("tus.storage.s3.path-style-access", true);
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
