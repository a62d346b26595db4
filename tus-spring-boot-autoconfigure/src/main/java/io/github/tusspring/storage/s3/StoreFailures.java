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

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;

import org.springframework.core.log.LogMessage;

/**
 * Says in the application's words what is wrong with the store: in one line of the log
 * for each time that it fails, however many requests there are meanwhile. Thread-safe.
 */
final class StoreFailures {

	private static final Log logger = LogFactory.getLog(S3UploadStorage.class);

	private static final Set<String> ABSENT = Set.of("NoSuchKey", "NoSuchUpload", "NoSuchVersion", "NotFound", "404");

	/**
	 * What stands for a code where the store has said no more than 400, as some do in
	 * their answers to HEAD.
	 */
	private static final Set<String> BAD_REQUEST = Set.of("null", "400", "Bad Request", "BadRequest");

	private static final Set<String> CONDITIONS = Set.of("PreconditionFailed", "ConditionalRequestConflict");

	private static final Set<Integer> NOT_UNDERSTOOD = Set.of(400, 405, 501);

	private final String bucket;

	private volatile boolean failing;

	private volatile boolean closed;

	StoreFailures(String bucket) {
		this.bucket = bucket;
	}

	/**
	 * Called when the store has done what it was asked for.
	 */
	void succeeded() {
		if (this.failing) {
			this.failing = false;
			logger.info(LogMessage.format("Bucket '%s' can be used again", this.bucket));
		}
	}

	/**
	 * Called when the storage is closed: its client may be closed while something still
	 * asks it, and that is nothing to look at.
	 */
	void close() {
		this.closed = true;
	}

	/**
	 * Translates a failure of one request.
	 * @return what is wrong with what was asked for
	 * @throws UploadUnavailableException if the store can't be used now
	 */
	IOException translate(Throwable failure) {
		Throwable cause = unwrap(failure);
		if (cause instanceof IOException ex) {
			return ex;
		}
		if (cause instanceof UploadException ex) {
			throw ex;
		}
		if (cause instanceof AwsServiceException ex) {
			if (isConditionNotMet(ex)) {
				succeeded();
				return new PreconditionFailedException(ex);
			}
			if (ex.statusCode() == 416) {
				succeeded();
				EOFException end = new EOFException("The object is shorter than its upload");
				end.initCause(ex);
				return end;
			}
			if (isAbsent(ex)) {
				succeeded();
				FileNotFoundException absent = new FileNotFoundException(ex.getMessage());
				absent.initCause(ex);
				return absent;
			}
		}
		String description = describe(cause);
		if (!this.failing && !this.closed) {
			this.failing = true;
			logger.error(description);
		}
		logger.debug(description, cause);
		throw new UploadUnavailableException(description, cause);
	}

	static Throwable unwrap(Throwable failure) {
		Throwable cause = failure;
		while ((cause instanceof CompletionException || cause instanceof ExecutionException)
				&& cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	/**
	 * Whether the store has not answered in time.
	 */
	static boolean isSilence(Throwable failure) {
		return unwrap(failure) instanceof TimeoutException;
	}

	/**
	 * Waits for a request that is only an attempt.
	 * @return whether the store has refused it since it doesn't know such requests
	 */
	static boolean isNotImplemented(CompletableFuture<?> attempt) {
		return attempt
			.handle((result, ex) -> ex != null && unwrap(ex) instanceof AwsServiceException refusal
					&& refusal.statusCode() == 501)
			.join();
	}

	/**
	 * Waits for a request that is only an attempt.
	 * @return whether the store has refused it as stores do that don't know such requests
	 */
	static boolean isNotUnderstood(CompletableFuture<?> attempt) {
		return attempt
			.handle((result, ex) -> ex != null && unwrap(ex) instanceof AwsServiceException refusal
					&& NOT_UNDERSTOOD.contains(refusal.statusCode()))
			.join();
	}

	/**
	 * Waits for a request that is only an attempt.
	 * @return whether the store has refused it since its condition was not met, rather
	 * than for any other reason or not at all
	 */
	static boolean isConditionNotMet(CompletableFuture<?> attempt) {
		return attempt
			.handle((result, ex) -> ex != null && unwrap(ex) instanceof AwsServiceException refusal
					&& isConditionNotMet(refusal))
			.join();
	}

	/**
	 * Whether a condition was not met, or whether nobody knows: the connection ended
	 * without an answer.
	 */
	static boolean mayBeConditionNotMet(Throwable failure) {
		Throwable cause = unwrap(failure);
		return (cause instanceof AwsServiceException ex) ? isConditionNotMet(ex) : !isSilence(cause);
	}

	private static boolean isConditionNotMet(AwsServiceException ex) {
		// In the answer to a completion, which takes its time, the error may be of status
		// 200.
		return ex.statusCode() == 412 || CONDITIONS.contains(String.valueOf(code(ex)));
	}

	/**
	 * Whether it is the object that isn't there. Other things that are missing, such as
	 * the owner of the credentials, must not be taken for the end of an upload.
	 */
	private static boolean isAbsent(AwsServiceException ex) {
		if (ex instanceof NoSuchBucketException) {
			return false;
		}
		String code = code(ex);
		return ex instanceof NoSuchKeyException || ex instanceof NoSuchUploadException
		// An answer to HEAD has no body that could say more.
				|| (ex.statusCode() == 404 && (code == null || ABSENT.contains(code)));
	}

	/**
	 * Whether what isn't there is a multipart upload, rather than an object.
	 */
	static boolean isNoSuchUpload(IOException absent) {
		return absent.getCause() instanceof AwsServiceException ex
				&& (ex instanceof NoSuchUploadException || "NoSuchUpload".equals(code(ex)));
	}

	/**
	 * Returns what is wrong, with the property to look at.
	 */
	String describe(Throwable failure) {
		if (failure instanceof AwsServiceException ex) {
			return describe(ex);
		}
		String message = "Bucket '" + this.bucket + "' can't be reached: ";
		if (failure instanceof TimeoutException) {
			return message + "no answer comes in time, look at 'tus.storage.s3.endpoint'";
		}
		String text = String.valueOf(failure.getMessage());
		if (failure instanceof SdkClientException && text.contains("credentials")) {
			return message + "the AWS SDK's chain finds no credentials (see docs/s3.md, \"Credentials\"): " + text;
		}
		if (failure instanceof SdkClientException && text.contains("region")) {
			return message + "set 'tus.storage.s3.region': " + text;
		}
		return message + "look at 'tus.storage.s3.endpoint' and 'tus.storage.s3.region': " + text;
	}

	private String describe(AwsServiceException ex) {
		String code = String.valueOf(code(ex));
		String message = "Bucket '" + this.bucket + "' can't be used (" + ex.statusCode() + " " + code + "): ";
		if (ex.isClockSkewException()) {
			// The SDK has tried the store's time.
			return message + "the clock of this machine and the store's differ, look at how this machine's is set "
					+ "(NTP) and at 'tus.storage.s3.endpoint'";
		}
		return message + switch (code) {
			case "NoSuchBucket" -> "it does not exist, look at 'tus.storage.s3.bucket'";
			case "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "XAdminUserNotFound" ->
				"the credentials that the AWS SDK's chain found are wrong (see docs/s3.md, \"Credentials\")";
			case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException" ->
				"it is in another region, look at 'tus.storage.s3.region'";
			case "AccessDenied" -> "the credentials lack a permission, or 'tus.storage.s3.bucket' is somebody else's "
					+ "(see docs/s3.md, \"Permissions\")";
			default -> describe(ex.statusCode(), code, ex);
		};
	}

	private static String describe(int status, String code, AwsServiceException ex) {
		if (status == 400 && !BAD_REQUEST.contains(code)) {
			return String.valueOf(ex.getMessage());
		}
		return switch (status) {
			case 301, 307, 400 -> "it may be in another region, look at 'tus.storage.s3.region'";
			case 403 ->
				"the credentials are wrong or lack a permission (see docs/s3.md, \"Credentials\"), or the clock "
						+ "of this machine is off";
			default -> String.valueOf(ex.getMessage());
		};
	}

	static @Nullable String code(AwsServiceException ex) {
		return (ex.awsErrorDetails() != null) ? ex.awsErrorDetails().errorCode() : null;
	}

}
