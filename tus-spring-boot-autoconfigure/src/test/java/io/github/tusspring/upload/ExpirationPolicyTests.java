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

package io.github.tusspring.upload;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExpirationPolicyTests {

	private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");

	private static final Instant MODIFIED = Instant.parse("2026-01-02T00:00:00Z");

	private static final Duration DAY = Duration.ofDays(1);

	@Test
	void slidingTimeCountsFromTheLastByte() {
		assertThat(expires(policy(DAY, true, null), upload(UploadState.RECEIVING, null))).isEqualTo(MODIFIED.plus(DAY));
	}

	@Test
	void absoluteTimeCountsFromTheCreation() {
		assertThat(expires(policy(DAY, false, null), upload(UploadState.RECEIVING, null))).isEqualTo(CREATED.plus(DAY));
	}

	@Test
	void zeroKeepsUnfinishedUploadsForEver() {
		assertThat(expires(policy(Duration.ZERO, true, null), upload(UploadState.RECEIVING, null))).isNull();
	}

	@Test
	void uploadThatWaitsForItsDeliveryNeverExpires() {
		assertThat(expires(policy(DAY, true, DAY), upload(UploadState.FINISHING, null))).isNull();
	}

	@Test
	void finishedUploadStaysUnlessTheApplicationSaysOtherwise() {
		Upload completed = upload(UploadState.COMPLETED, null);
		assertThat(expires(policy(DAY, true, null), completed)).isNull();
		assertThat(expires(policy(DAY, true, Duration.ofHours(1)), completed))
			.isEqualTo(MODIFIED.plus(Duration.ofHours(1)));
	}

	@Test
	void fullPartialUploadExpiresAsAnUnfinishedOne() {
		assertThat(expires(policy(DAY, true, null), upload(UploadState.COMPLETED, new Concatenation.Partial())))
			.isEqualTo(MODIFIED.plus(DAY));
	}

	@Test
	void rejectedUploadIsRememberedAsLongAsAnUnfinishedOneLives() {
		assertThat(expires(policy(DAY, true, null), upload(UploadState.REJECTED, null))).isEqualTo(MODIFIED.plus(DAY));
	}

	@Test
	void timeThatCanNotBeTold() {
		ExpirationPolicy policy = policy(Duration.ofSeconds(Long.MAX_VALUE), true, null);
		assertThat(expires(policy, upload(UploadState.RECEIVING, null))).isNull();
	}

	@Test
	void recordWithoutContentIsForgottenAfterTheTimeOfAnUnfinishedUpload() {
		Upload completed = upload(UploadState.COMPLETED, null);
		assertThat(policy(DAY, true, null).isForgettable(completed, MODIFIED.plus(DAY))).isFalse();
		assertThat(policy(DAY, true, null).isForgettable(completed, MODIFIED.plus(DAY).plusMillis(1))).isTrue();
		assertThat(policy(Duration.ZERO, true, null).isForgettable(completed, MODIFIED.plus(Duration.ofHours(23))))
			.isFalse();
		assertThat(policy(Duration.ZERO, true, null).isForgettable(completed, MODIFIED.plus(Duration.ofHours(25))))
			.isTrue();
	}

	private static Instant expires(ExpirationPolicy policy, Upload upload) {
		return policy.apply(upload).expires();
	}

	private static ExpirationPolicy policy(Duration after, boolean sliding, Duration completedAfter) {
		return new ExpirationPolicy(after, sliding, completedAfter, EndpointRules.NONE);
	}

	private static Upload upload(UploadState state, Concatenation concatenation) {
		NewUpload asked = NewUpload.builder(UploadId.of("a")).length(3L).concatenation(concatenation).build();
		return Upload.builder(asked, CREATED).offset(3).state(state).modified(MODIFIED).build();
	}

	@Test
	void finishedUploadsAreRememberedForTheShortestOfTheTimes() {
		assertThat(new ExpirationPolicy(Duration.ofHours(5), true, null, EndpointRules.NONE).remembered())
			.isEqualTo(Duration.ofHours(5));
		assertThat(new ExpirationPolicy(Duration.ZERO, true, null, EndpointRules.NONE).remembered())
			.isEqualTo(Duration.ofHours(24));
		assertThat(
				new ExpirationPolicy(Duration.ofHours(5), true, Duration.ofHours(2), EndpointRules.NONE).remembered())
			.isEqualTo(Duration.ofHours(2));
	}

	@Test
	void whatNoUploadNamesIsLeftForTheLongestOfTheTimes() {
		assertThat(policy(DAY, true, Duration.ofDays(3)).abandoned()).isEqualTo(DAY);
		assertThat(policy(Duration.ZERO, true, null).abandoned()).isZero();
		EndpointRules rules = new EndpointRules(List.of(rule("/a", Duration.ofDays(2)), rule("/b", null),
				rule("/c", Duration.ofHours(1)), rule("/d", Duration.ZERO)));
		assertThat(new ExpirationPolicy(DAY, true, null, rules).abandoned()).isEqualTo(Duration.ofDays(2));
	}

	private static EndpointRule rule(String path, Duration expiresAfter) {
		return new EndpointRule(path, null, expiresAfter, false, List.of(), List.of());
	}

}
