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

package io.github.tusspring.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.storage.s3.S3ClientCustomizer;
import io.github.tusspring.storage.s3.S3FaultProxy;
import io.github.tusspring.storage.s3.S3HttpClientCustomizer;
import io.github.tusspring.storage.s3.S3ProxyServer;
import io.github.tusspring.storage.s3.S3Server;
import io.github.tusspring.storage.s3.S3UploadStorage;
import io.github.tusspring.test.RawRequest;
import io.github.tusspring.test.RawResponse;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.upload.UploadStorage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableWebApplicationContext;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests of {@link TusS3AutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TusS3AutoConfigurationTests {

	private static S3Server store;

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TusAutoConfiguration.class, TusS3AutoConfiguration.class))
		.withPropertyValues("tus.storage.type=s3", "tus.storage.s3.bucket=uploads",
				"tus.storage.s3.endpoint=" + store.endpoint(), "tus.storage.s3.region=us-east-1",
				"tus.storage.s3.path-style-access=true");

	@BeforeAll
	static void start() {
		store = new S3ProxyServer();
		S3Bucket.create(store.client(), "uploads");
		System.setProperty("aws.accessKeyId", S3Server.ACCESS_KEY);
		System.setProperty("aws.secretAccessKey", S3Server.SECRET_KEY);
	}

	@AfterAll
	static void stop() {
		store.close();
	}

	@Test
	void bucketIsUsedWhereItIsChosen() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.hasSingleBean(UploadStorage.class)
			.hasSingleBean(S3UploadStorage.class));
	}

	@Test
	void memoryForPartsThatIsMostOfTheHeapIsSaid(CapturedOutput output) {
		long heap = Runtime.getRuntime().maxMemory();
		this.runner.withPropertyValues("tus.storage.s3.memory=" + heap * 5 / 10 + "B")
			.run((context) -> assertThat(output).doesNotContain("tus.storage.s3.memory"));
		this.runner.withPropertyValues("tus.storage.s3.memory=" + heap * 7 / 10 + "B")
			.run((context) -> assertThat(output).containsOnlyOnce("'tus.storage.s3.memory' (")
				.contains("lower it, or raise '-Xmx'"));
	}

	@Test
	void backsOffWithoutTheProperty() {
		this.runner.withPropertyValues("tus.storage.type=disk")
			.run((context) -> assertThat(context).doesNotHaveBean(S3UploadStorage.class)
				.doesNotHaveBean(S3AsyncClient.class));
	}

	@Test
	void clientOfTheApplicationIsUsed() {
		this.runner.withBean("mine", S3AsyncClient.class, () -> store.client())
			.run((context) -> assertThat(context).hasSingleBean(S3AsyncClient.class));
	}

	@Test
	void customizersChangeTheClientAfterTheProperties() {
		AtomicInteger connections = new AtomicInteger();
		this.runner
			.withBean(S3ClientCustomizer.class,
					() -> (client) -> client.region(Region.EU_WEST_1)
						.overrideConfiguration((configuration) -> configuration.retryStrategy(RetryMode.STANDARD)))
			.withBean(S3HttpClientCustomizer.class,
					() -> (client) -> client.maxConcurrency(connections.incrementAndGet()))
			.run((context) -> {
				assertThat(context).hasNotFailed();
				assertThat(connections).hasValue(1);
				assertThat(context.getBean(S3AsyncClient.class).serviceClientConfiguration().region())
					.isEqualTo(Region.EU_WEST_1);
			});
	}

	@Test
	void clientOfTheApplicationIsNotCustomized() {
		this.runner.withBean("mine", S3AsyncClient.class, () -> store.client())
			.withBean(S3ClientCustomizer.class, () -> (client) -> {
				throw new IllegalStateException("not asked for");
			})
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void missingSdkFailsTheStartWithTheDependencyToAdd() {
		this.runner.withClassLoader(new FilteredClassLoader("software.amazon.awssdk"))
			.run((context) -> assertThat(analysis(context).getAction()).contains("software.amazon.awssdk:s3"));
	}

	@Test
	void missingClientFailsTheStartWithTheDependencyToAdd() {
		this.runner.withClassLoader(new FilteredClassLoader(NettyNioAsyncHttpClient.class))
			.run((context) -> assertThat(analysis(context).getAction())
				.contains("software.amazon.awssdk:netty-nio-client", "S3AsyncClient"));
	}

	@Test
	void whereNobodyNamesTheRegionOfAnotherStoreItIsTheFirst() {
		withoutRegion().run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(S3AsyncClient.class).serviceClientConfiguration().region())
				.isEqualTo(Region.US_EAST_1);
		});
	}

	@Test
	void regionThatTheSdkFindsIsThatOfAnotherStore() {
		withoutRegion().withSystemProperties("aws.region=eu-central-1")
			.run((context) -> assertThat(context.getBean(S3AsyncClient.class).serviceClientConfiguration().region())
				.isEqualTo(Region.EU_CENTRAL_1));
	}

	@Test
	void whereNobodyNamesTheRegionTheStartFailsWithTheProperty() {
		withoutRegion().withPropertyValues("tus.storage.s3.endpoint=")
			.run((context) -> assertThat(analysis(context)).satisfies((analysis) -> {
				assertThat(analysis.getDescription())
					.isEqualTo("'tus.storage.type=s3' needs the region of the bucket.");
				assertThat(analysis.getAction()).contains("'tus.storage.s3.region'", "AWS_REGION");
			}));
	}

	private static FailureAnalysis analysis(AssertableWebApplicationContext context) {
		return new MissingDependencyFailureAnalyzer().analyze(context.getStartupFailure());
	}

	private WebApplicationContextRunner withoutRegion() {
		return this.runner.withPropertyValues("tus.storage.s3.region=")
			.withSystemProperties("aws.disableEc2Metadata=true", "aws.configFile=absent",
					"aws.sharedCredentialsFile=absent");
	}

	@Test
	void storeThatDoesNotWriteConditionallyFailsTheStartWithWhatItNeeds(CapturedOutput output) {
		try (S3ProxyServer anonymous = S3ProxyServer.anonymous();
				S3AsyncClient client = anonymous.client();
				S3FaultProxy proxy = new S3FaultProxy(anonymous.endpoint(), 0)) {
			S3Bucket.create(client, "uploads");
			proxy.dropConditions();
			assertThatException()
				.isThrownBy(S3Server.configure(TestServer.tomcat(), proxy.endpoint(), "uploads")::start);
		}
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("The store of bucket 'uploads' does not write conditionally")
			.contains("Set 'tus.lock.type' to 'jdbc' or 'redis', or use a store that writes conditionally.");
	}

	@Test
	void missingNameOfTheBucketFailsTheStart() {
		this.runner.withPropertyValues("tus.storage.s3.bucket=")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("tus.storage.s3.bucket"));
	}

	@ParameterizedTest
	@MethodSource("unusable")
	void unusableBucketFailsTheStartWhereThatIsAskedFor(String bucket, Class<?> client, String said,
			CapturedOutput output) {
		assertThatException().isThrownBy(store.configure(TestServer.tomcat(), bucket)
			.with(client)
			.property("tus.storage.s3.fail-fast", "true")::start);
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Bucket '" + bucket + "' can't be used")
			.contains(said)
			.contains("set 'tus.storage.s3.fail-fast' to 'false'");
	}

	static Stream<Arguments> unusable() {
		return Stream.of(Arguments.of("absent", Nothing.class, "look at 'tus.storage.s3.bucket'"),
				Arguments.of("uploads", WrongSecret.class, "the credentials that the AWS SDK's chain found are wrong"));
	}

	@Test
	void contentIsDownloadedFromTheStoreByAUrl() throws Exception {
		try (TestServer server = store.configure(TestServer.tomcat(), "uploads").start()) {
			HttpClient http = HttpClient.newHttpClient();
			HttpResponse<String> created = http.send(HttpRequest.newBuilder(server.uri("/files"))
				.header("Tus-Resumable", "1.0.0")
				.header("Upload-Length", "5")
				.header("Upload-Metadata", "filename YSBwYWdlLmh0bWw=,filetype dGV4dC9odG1s")
				.header("Content-Type", "application/offset+octet-stream")
				.POST(HttpRequest.BodyPublishers.ofString("hello"))
				.build(), HttpResponse.BodyHandlers.ofString());
			String location = created.headers().firstValue("Location").orElseThrow();
			UploadId id = UploadId.of(location.substring(location.lastIndexOf('/') + 1));
			TusUploads uploads = server.bean(TusUploads.class);
			URI url = uploads.downloadUrl(id, Duration.ofMinutes(5)).orElseThrow();
			HttpResponse<String> downloaded = http.send(HttpRequest.newBuilder(url).build(),
					HttpResponse.BodyHandlers.ofString());
			assertThat(downloaded.body()).isEqualTo("hello");
			assertThat(downloaded.headers().firstValue("Content-Disposition").orElseThrow()).startsWith("attachment")
				.contains("page.html");
			URI other = URI.create(url.toString().replace("X-Amz-Expires=300", "X-Amz-Expires=301"));
			assertThat(http.send(HttpRequest.newBuilder(other).build(), HttpResponse.BodyHandlers.discarding())
				.statusCode()).isEqualTo(403);
			assertThatIllegalArgumentException().isThrownBy(() -> uploads.downloadUrl(id, Duration.ofDays(8)));
			uploads.moveTo(id, server.directory().resolve("moved"));
			assertThatExceptionOfType(UploadNotFoundException.class)
				.isThrownBy(() -> uploads.downloadUrl(id, Duration.ofMinutes(5)));
		}
	}

	@Test
	void presignerOfTheApplicationIsUsed() {
		this.runner.withBean("mine", S3Presigner.class, () -> S3Presigner.builder().region(Region.EU_WEST_1).build())
			.run((context) -> assertThat(context).hasSingleBean(S3Presigner.class).hasNotFailed());
	}

	@ParameterizedTest
	@MethodSource("unusable")
	void unusableBucketIsOneLineInTheLogAndRequestsAreToComeAgain(String bucket, Class<?> client, String said,
			CapturedOutput output) {
		try (TestServer server = store.configure(TestServer.tomcat(), bucket).with(client).start()) {
			for (int i = 0; i < 3; i++) {
				RawResponse created = RawRequest.of("POST", server.uri("/files"))
					.with("Upload-Length: 5")
					.with("Content-Length: 0")
					.send();
				assertThat(created.status()).isEqualTo(503);
				assertThat(created.header("Retry-After")).isNotNull();
			}
			assertThat(RawRequest.of("HEAD", server.uri("/files/unknown")).send().status()).isEqualTo(423);
		}
		assertThat(output.getAll().lines()).filteredOn((line) -> line.contains(" ERROR "))
			.singleElement()
			.asString()
			.contains("'" + bucket + "'", said);
	}

	@Test
	void tornManifestIsALineInTheLogAndNoUpload(CapturedOutput output) {
		try (S3AsyncClient client = store.client();
				TestServer server = store.configure(TestServer.tomcat(), "uploads").start()) {
			new S3Bucket(client, "uploads").put("some/torn.info", "{\"ID\":");
			assertThat(RawRequest.of("HEAD", server.uri("/files/torn")).send().status()).isEqualTo(404);
		}
		assertThat(output.getAll().lines()).filteredOn((line) -> line.contains(" WARN ") || line.contains(" ERROR "))
			.singleElement()
			.asString()
			.contains(" WARN ", "'some/torn.info'", "is no manifest of an upload, and left alone");
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	static class WrongSecret {

		@Bean
		S3ClientCustomizer guessed() {
			return (client) -> client.credentialsProvider(
					StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Server.ACCESS_KEY, "guessed")));
		}

	}

}
