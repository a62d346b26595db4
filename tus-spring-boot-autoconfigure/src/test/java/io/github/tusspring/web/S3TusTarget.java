package io.github.tusspring.web;

import java.net.URI;

import io.github.tusspring.protocol.tus.TusTarget;
import io.github.tusspring.storage.s3.S3Bucket;
import io.github.tusspring.test.TestServer;
import org.jspecify.annotations.Nullable;

/**
 * A servlet container with our auto-configuration that keeps uploads in a bucket.
 */
record S3TusTarget(TestServer server, S3Bucket bucket) implements TusTarget {

	@Override
	public URI creation() {
		return this.server.uri("/files");
	}

	@Override
	public byte @Nullable [] stored(String id) {
		return this.bucket.stored("some/", id);
	}

	@Override
	public boolean keepsWhatCameBeforeAnEarlyEnd() {
		// Requests are taken up by another thread: Tomcat may have given them up until
		// then.
		return false;
	}

	@Override
	public long count() {
		return this.bucket.keys().stream().filter((key) -> !key.contains("/.due/")).count();
	}

}
