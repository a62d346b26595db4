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

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadUnavailableException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProviderChain;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.S3Exception;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What is said of a store that can't be used, as a real one has it.
 */
@EnabledIf("io.github.tusspring.storage.s3.VersityServer#isInstalled")
class StoreFailuresTests {

	@TempDir
	private static Path directory;

	private static final SdkAsyncHttpClient http = NettyNioAsyncHttpClient.create();

	private static S3Server server;

	@BeforeAll
	static void start() throws IOException {
		server = new VersityServer(directory);
		try (S3AsyncClient client = server.client()) {
			S3Bucket.create(client, "uploads");
		}
	}

	@AfterAll
	static void stop() {
		http.close();
		server.close();
	}

	@Test
	void bucketThatIsThereCanBeUsed() {
		assertThatCode(() -> connect("uploads", server.endpoint(), Region.US_EAST_1,
				credentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY), ConditionalWrites.AUTO))
			.doesNotThrowAnyException();
	}

	@ParameterizedTest
	@EnumSource
	void missingBucketNamesItsProperty(ConditionalWrites writes) {
		assertThat(failure("absent", server.endpoint(), Region.US_EAST_1,
				credentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY), writes))
			.contains("'absent'", "does not exist", "tus.storage.s3.bucket");
	}

	@Test
	void unknownCredentialsNameTheChainAndThePage() {
		assertThat(failure("uploads", server.endpoint(), Region.US_EAST_1, credentials("nobody", "secret"),
				ConditionalWrites.AUTO))
			.contains("credentials", "docs/s3.md");
	}

	@ParameterizedTest
	@EnumSource
	void wrongCredentialsNameTheChainAndThePage(ConditionalWrites writes) {
		assertThat(failure("uploads", server.endpoint(), Region.US_EAST_1, credentials(S3Server.ACCESS_KEY, "guessed"),
				writes))
			.contains("credentials", "docs/s3.md");
	}

	@Test
	void missingCredentialsNameTheChainAndThePage() {
		AwsCredentialsProvider none = AwsCredentialsProviderChain.of(WebIdentityTokenFileCredentialsProvider.builder()
			.webIdentityTokenFile(directory.resolve("no"))
			.build());
		assertThat(failure("uploads", server.endpoint(), Region.US_EAST_1, none, ConditionalWrites.AUTO))
			.contains("credentials", "docs/s3.md");
		assertThat(failure("uploads", server.endpoint(), Region.US_EAST_1, AnonymousCredentialsProvider.create(),
				ConditionalWrites.AUTO))
			.contains("credentials", "docs/s3.md");
	}

	@ParameterizedTest
	@EnumSource
	void otherRegionNamesItsProperty(ConditionalWrites writes) {
		assertThat(failure("uploads", server.endpoint(), Region.EU_WEST_1,
				credentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY), writes))
			.contains("tus.storage.s3.region");
	}

	@Test
	@Tag("long")
	@ExtendWith(OutputCaptureExtension.class)
	void otherRegionIsNamedWhereTheStartIsToFail(CapturedOutput output) {
		assertThatException().isThrownBy(server.configure(TestServer.tomcat(), "uploads")
			.property("tus.storage.s3.region", "eu-west-1")
			.property("tus.storage.s3.fail-fast", "true")::start);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("it is in another region, look at 'tus.storage.s3.region'.")
			.contains("set 'tus.storage.s3.fail-fast' to 'false'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "InvalidPart", "EntityTooSmall", "KMS.DisabledException", "InvalidRequest" })
	void whatTheStoreSaysOfARequestIsNotTakenForAnotherRegion(String code) {
		assertThat(refusal(400, code)).contains("400 " + code, "It is so.").doesNotContain("region");
	}

	@Test
	void refusalWithoutAWordMayBeThatOfAnotherRegion() {
		assertThat(refusal(400, null)).contains("tus.storage.s3.region");
		assertThat(refusal(400, "Bad Request")).contains("tus.storage.s3.region");
	}

	private static String refusal(int status, @Nullable String code) {
		return new StoreFailures("uploads").describe(S3Exception.builder()
			.statusCode(status)
			.awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("It is so.").build())
			.message("It is so.")
			.build());
	}

	@Test
	void nobodyAtTheEndpointNamesItsProperty() {
		assertThat(failure("uploads", URI.create("http://127.0.0.1:1"), Region.US_EAST_1,
				credentials(S3Server.ACCESS_KEY, S3Server.SECRET_KEY), ConditionalWrites.AUTO))
			.contains("can't be reached", "tus.storage.s3.endpoint");
	}

	@Test
	void absentUserIsNoAbsentUpload() {
		try (S3AsyncClient client = client(server.endpoint(), Region.US_EAST_1, credentials("nobody", "secret"));
				S3UploadStorage storage = open(client, "uploads", ConditionalWrites.OFF)) {
			assertThatExceptionOfType(UploadUnavailableException.class)
				.isThrownBy(() -> storage.find(UploadId.of("some")));
		}
	}

	private static AwsCredentialsProvider credentials(String key, String secret) {
		return StaticCredentialsProvider.create(AwsBasicCredentials.create(key, secret));
	}

	private static String failure(String bucket, URI endpoint, Region region, AwsCredentialsProvider credentials,
			ConditionalWrites writes) {
		Throwable failure = catchThrowable(() -> connect(bucket, endpoint, region, credentials, writes));
		assertThat(failure).isInstanceOf(UploadUnavailableException.class);
		return failure.getMessage();
	}

	private static void connect(String bucket, URI endpoint, Region region, AwsCredentialsProvider credentials,
			ConditionalWrites writes) throws IOException {
		try (S3AsyncClient client = client(endpoint, region, credentials);
				S3UploadStorage storage = open(client, bucket, writes)) {
			storage.connect();
		}
	}

	private static S3AsyncClient client(URI endpoint, Region region, AwsCredentialsProvider credentials) {
		return S3AsyncClient.builder()
			.httpClient(http)
			.endpointOverride(endpoint)
			.region(region)
			.forcePathStyle(true)
			.credentialsProvider(credentials)
			.build();
	}

	private static S3UploadStorage open(S3AsyncClient client, String bucket, ConditionalWrites writes) {
		S3Settings settings = new S3Settings(bucket, "some/", S3Settings.MIN_PART_SIZE, 10_000, 4, 64 * 1024 * 1024,
				false, writes, Duration.ofDays(1));
		return new S3UploadStorage(client, settings, (upload) -> S3Location.of(upload.id().toString()), true,
				S3RequestCustomizer.of(List.of()));
	}

}
