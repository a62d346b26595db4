package io.github.tusspring.actuate;

import io.github.tusspring.upload.FinishingUploads;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Says whether the application takes its uploads: {@code DOWN} if it has failed to take
 * one for the third time.
 */
public final class DeliveryHealthIndicator implements HealthIndicator {

	private static final int FAILURES = 3;

	private final FinishingUploads finishing;

	/**
	 * Creates an instance.
	 * @param finishing knows what waits for its delivery
	 */
	public DeliveryHealthIndicator(FinishingUploads finishing) {
		this.finishing = finishing;
	}

	@Override
	public Health health() {
		int failing = this.finishing.failing(FAILURES);
		Health.Builder health = (failing > 0) ? Health.down() : Health.up();
		return health.withDetail("finishing", this.finishing.size()).withDetail("failing", failing).build();
	}

}
