package io.github.tusspring.actuate;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadEndpoints;
import io.micrometer.core.instrument.Tags;

/**
 * Makes the tags of meters.
 */
final class MeterTags {

	static final String TUS = "tus";

	private static final String RUFH = "rufh";

	/**
	 * What is no single upload's.
	 */
	static final Tags COMMON = of(UploadEndpoints.DEFAULT, "any");

	static final Tags GAUGE = COMMON;

	private MeterTags() {
	}

	static Tags of(String endpoint, String protocol) {
		return Tags.of(TusMeterTag.ENDPOINT.key(), endpoint, TusMeterTag.PROTOCOL.key(), protocol);
	}

	static String protocol(Upload upload) {
		return (upload.draft() > 0) ? RUFH : TUS;
	}

	static String protocol(UploadClient client) {
		return client.draft() ? RUFH : TUS;
	}

	static String reason(AppendOutcome outcome) {
		return switch (outcome) {
			case IDLE -> "idle";
			case TOO_SLOW -> "rate";
			case TAKEN_OVER -> "takeover";
			case SHUTDOWN -> "shutdown";
			case FAILED -> "error";
			default -> "client";
		};
	}

	static String outcome(AppendOutcome outcome) {
		return switch (outcome) {
			case COMPLETED -> "completed";
			case REFUSED, CHECKSUM_MISMATCH -> "refused";
			case FAILED -> "error";
			default -> "interrupted";
		};
	}

}
