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

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What an observer hears, and when there are several.
 */
class UploadObserverTests {

	@Nested
	class Engine {

		private final TestEngine engine;

		Engine(@TempDir Path directory) {
			this.engine = new TestEngine(TestEngine.disk(directory));
		}

		private List<String> seen() {
			List<String> seen = List.copyOf(this.engine.observer.seen);
			this.engine.observer.seen.clear();
			return seen;
		}

		@Test
		void anAppendThatCompletesAnUploadIsToldBeforeItsDelivery() {
			this.engine.create("a", 5L);
			assertThat(seen()).containsExactly("created a", "work opened", "work closed");
			this.engine.append("a", 0, "abc");
			assertThat(seen()).containsExactly("append at 0", "received 3", "append opened", "append opened",
					"append closed", "append closed", "append COMPLETED");
			this.engine.append("a", 3, "de");
			assertThat(seen()).containsSubsequence("append at 3", "received 2", "append COMPLETED", "delivery 1",
					"delivery opened", "delivery closed", "delivery COMPLETED");
		}

		@Test
		void anAppendIsToldOfOnceHoweverItEnds() {
			this.engine.create("a", 5L);
			AppendSession gone = this.engine.begin("a", 0);
			gone.interrupt();
			AppendSession idle = this.engine.begin("a", 0);
			idle.stop(StopReason.IDLE);
			idle.interrupt();
			AppendSession abandoned = this.engine.begin("a", 0);
			abandoned.abandon();
			assertThat(seen()).filteredOn((line) -> line.matches("append [A-Z_]+"))
				.containsExactly("append CLIENT_GONE", "append IDLE", "append CLIENT_GONE");
		}

		@Test
		void aBodyThatIsTooLongIsRefused() {
			this.engine.create("a", 2L);
			assertThatThrownBy(() -> this.engine.append("a", 0, "abc")).isInstanceOf(UploadTooLargeException.class);
			assertThat(seen()).contains("append REFUSED").doesNotContain("append COMPLETED");
		}

		@Test
		void aWrongChecksumIsToldOf() {
			this.engine.create("a", 5L);
			AppendRequest request = new AppendRequest(0, -1, null, new Checksum(ChecksumAlgorithm.SHA1, new byte[20]),
					false);
			assertThatThrownBy(() -> this.engine.append("a", request, "abc"))
				.isInstanceOf(ChecksumMismatchException.class);
			assertThat(seen()).contains("append CHECKSUM_MISMATCH");
		}

		@Test
		void aDeliveryThatFailsIsToldOfWithItsReasonAndWaits() {
			this.engine.create("a", 1L);
			this.engine.listener = (event) -> {
				throw new IllegalStateException("away");
			};
			assertThatExceptionOfType(UploadDeliveryException.class).isThrownBy(() -> this.engine.append("a", 0, "x"));
			assertThat(seen()).contains("delivery FINISHING away");
			this.engine.listener = (event) -> {
			};
			this.engine.resume();
			assertThat(seen()).containsSubsequence("waiting a", "delivery 2", "delivery COMPLETED");
		}

		@Test
		void aRefusalOfTheApplicationsIsToldOf() {
			this.engine.create("a", 1L);
			this.engine.listener = (event) -> {
				throw new UploadRejectedException(422, "no");
			};
			assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> this.engine.append("a", 0, "x"));
			assertThat(seen()).contains("delivery REJECTED").doesNotContain("delivery COMPLETED");
		}

		@Test
		void anObserverThatFailsAtTheEndOfAnAppendLeavesTheUploadFree() {
			this.engine.create("a", 5L);
			AppendSession session = this.engine.begin("a", 0);
			this.engine.observer.failing = "append CLIENT_GONE";
			assertThatIllegalStateException().isThrownBy(session::interrupt);
			this.engine.append("a", 0, "hello");
		}

		@Test
		void anObserverThatFailsAtTheEndOfADeliveryLeavesTheUploadFree() {
			this.engine.create("a", 5L);
			this.engine.observer.failing = "delivery COMPLETED";
			assertThatIllegalStateException().isThrownBy(() -> this.engine.append("a", 0, "hello"));
			this.engine.service.terminate(UploadId.of("a"), TestEngine.CLIENT);
			assertThat(this.engine.stored("a")).isNull();
		}

		@Test
		void theEndOfAnUploadIsToldOf() {
			this.engine.create("a", 1L);
			this.engine.service.terminate(UploadId.of("a"), TestEngine.CLIENT);
			assertThat(seen()).contains("terminated a");
			this.engine.create("b", 1L);
			this.engine.cleaner(Clock.offset(Clock.systemUTC(), Duration.ofDays(3))).clean();
			assertThat(seen()).contains("expired b");
		}

	}

	@Nested
	class Several {

		private final List<String> seen = new ArrayList<>();

		private final RecordingObserver one = new RecordingObserver("1 ");

		private final RecordingObserver two = new RecordingObserver("2 ");

		private final UploadObserver both = UploadObserver.all(List.of(this.one, this.two, new UploadObserver() {

			@Override
			public boolean observesCalls() {
				return false;
			}

		}));

		private final Upload upload = Upload
			.builder(NewUpload.builder(UploadId.of("a")).length(3L).build(), Instant.EPOCH)
			.build();

		private void assertSeen(String... lines) {
			assertThat(this.one.seen).containsExactly(prefixed("1 ", lines));
			assertThat(this.two.seen).containsExactly(prefixed("2 ", lines));
		}

		private static String[] prefixed(String prefix, String[] lines) {
			return List.of(lines).stream().map((line) -> prefix + line).toArray(String[]::new);
		}

		@Test
		void callsAreSeenIfOneWantsThat() {
			assertThat(UploadObserver.all(List.of())).isSameAs(UploadObserver.NONE);
			assertThat(this.both.observesCalls()).isTrue();
			assertThat(UploadObserver.all(List.of(UploadObserver.NONE, UploadObserver.NONE)).observesCalls()).isFalse();
		}

		@Test
		void allHearOfUploads() {
			this.both.created(this.upload);
			this.both.waiting(this.upload);
			this.both.settled(this.upload.id());
			this.both.rejected(this.upload);
			this.both.terminated(this.upload);
			this.both.expired(this.upload);
			this.both.refused(UploadClient.ANONYMOUS, 404, RefusalReason.NOT_FOUND);
			this.both.lockAwaited(UploadId.of("a"), Duration.ofSeconds(1), true);
			assertSeen("created a", "waiting a", "settled a", "rejected a RECEIVING", "terminated a", "expired a",
					"refused 404 NOT_FOUND", "lock a PT1S true");
		}

		@Test
		void allHearOfAnAppend() {
			UploadObserver.AppendObserver append = this.both.appendBegan(this.upload);
			append.received(7);
			append.openScope().close();
			append.ended(AppendOutcome.COMPLETED);
			assertSeen("append at 0", "received 7", "append opened", "append closed", "append COMPLETED");
		}

		@Test
		void onlyOneThatLooksAtAppendsIsAsked() {
			UploadObserver none = UploadObserver.all(List.of(UploadObserver.NONE, UploadObserver.NONE));
			assertThat(none.appendBegan(this.upload)).isSameAs(UploadObserver.AppendObserver.NONE);
			UploadObserver.all(List.of(UploadObserver.NONE, this.one)).appendBegan(this.upload).received(7);
			assertThat(this.one.seen).containsExactly("1 append at 0", "1 received 7");
		}

		@Test
		void allHearOfADelivery() {
			UploadObserver.DeliveryObserver delivery = this.both.deliveryBegan(this.upload);
			delivery.openScope().close();
			delivery.refused(422);
			delivery.ended(this.upload, new IllegalStateException("no"));
			assertSeen("delivery 0", "delivery opened", "delivery closed", "delivery refused 422",
					"delivery RECEIVING no");
		}

		@Test
		void allHearOfACallOfTheStorage() {
			this.both.storageCalled(StorageOperation.FIND, UploadId.of("a")).ended(null);
			assertSeen("FIND a", "FIND ended null");
		}

		@ParameterizedTest
		@ValueSource(strings = { "created a", "append at 0", "received 7", "append opened", "append closed",
				"append COMPLETED", "delivery 0", "delivery opened", "delivery closed", "delivery refused 422",
				"delivery RECEIVING", "FIND a", "FIND ended null" })
		void oneThatFailsKeepsNothingFromGoingOn(String failing) {
			this.one.failing = failing;
			for (UploadObserver observer : List.of(this.both, UploadObserver.all(List.of(this.one)))) {
				observer.created(this.upload);
				UploadObserver.AppendObserver append = observer.appendBegan(this.upload);
				append.received(7);
				append.openScope().close();
				append.ended(AppendOutcome.COMPLETED);
				UploadObserver.DeliveryObserver delivery = observer.deliveryBegan(this.upload);
				delivery.openScope().close();
				delivery.refused(422);
				delivery.ended(this.upload, null);
				observer.storageCalled(StorageOperation.FIND, UploadId.of("a")).ended(null);
			}
			assertThat(this.one.seen).contains("1 " + failing);
			assertThat(this.two.seen).containsExactly(prefixed("2 ",
					new String[] { "created a", "append at 0", "received 7", "append opened", "append closed",
							"append COMPLETED", "delivery 0", "delivery opened", "delivery closed",
							"delivery refused 422", "delivery RECEIVING", "FIND a", "FIND ended null" }));
		}

		@Test
		@ExtendWith(OutputCaptureExtension.class)
		void oneThatFailsIsReportedOnce(CapturedOutput output) {
			this.one.failing = "created a";
			this.both.created(this.upload);
			this.both.created(this.upload);
			assertThat(output.toString().split("failed to observe an upload, and", -1)).hasSize(2);
		}

		@Test
		void scopesAreClosedInTheOppositeOrder() {
			UploadObserver ordered = UploadObserver.all(List.of(scoped("1"), scoped("2")));
			UploadObserver.Scope scope = ordered.working(UploadId.of("a"));
			scope.close();
			assertThat(this.seen).containsExactly("open 1", "open 2", "close 2", "close 1");
		}

		private UploadObserver scoped(String name) {
			return new UploadObserver() {

				@Override
				public Scope working(UploadId id) {
					Several.this.seen.add("open " + name);
					return () -> Several.this.seen.add("close " + name);
				}

			};
		}

	}

	@Nested
	class Finishing {

		private final FinishingUploads finishing = new FinishingUploads();

		private Upload upload(int attempts, UploadState state) {
			return Upload.builder(NewUpload.builder(UploadId.of("a")).length(3L).build(), Instant.EPOCH)
				.offset(3)
				.state(state)
				.attempts(attempts)
				.build();
		}

		@Test
		void anUploadCountsUntilItIsTaken() {
			this.finishing.waiting(upload(2, UploadState.FINISHING));
			assertThat(this.finishing.size()).isEqualTo(1);
			assertThat(this.finishing.failing(2)).isEqualTo(1);
			assertThat(this.finishing.failing(3)).isZero();
			UploadObserver.DeliveryObserver third = this.finishing.deliveryBegan(upload(3, UploadState.FINISHING));
			assertThat(this.finishing.failing(2)).isEqualTo(1);
			assertThat(this.finishing.failing(3)).isZero();
			third.ended(upload(3, UploadState.FINISHING), null);
			assertThat(this.finishing.failing(3)).isEqualTo(1);
			this.finishing.deliveryBegan(upload(4, UploadState.FINISHING))
				.ended(upload(4, UploadState.COMPLETED), null);
			assertThat(this.finishing.size()).isZero();
		}

		@Test
		void whoIsTurnedAwayOnTheWayToAnEndpointMakesNoFailure() {
			Upload upload = Upload
				.builder(NewUpload.builder(UploadId.of("a")).length(3L).endpoint("/documents").build(), Instant.EPOCH)
				.offset(3)
				.state(UploadState.FINISHING)
				.attempts(5)
				.build();
			this.finishing.waiting(upload);
			assertThat(this.finishing.failing(1)).as("nobody knows why").isZero();
			this.finishing.deliveryBegan(upload).ended(upload, new ClientDeniedException("Status 403"));
			assertThat(this.finishing.failing(1)).isZero();
			assertThat(this.finishing.size()).isOne();
			this.finishing.deliveryBegan(upload).ended(upload, new IllegalStateException("Status 500"));
			this.finishing.deliveryBegan(upload).ended(upload, null);
			assertThat(this.finishing.failing(2)).isOne();
			assertThat(this.finishing.failing(3)).isZero();
		}

		@Test
		void anUploadThatIsSettledElsewhereOrRejectedCountsNoMore() {
			this.finishing.waiting(upload(3, UploadState.FINISHING));
			this.finishing.settled(UploadId.of("a"));
			assertThat(this.finishing.size()).isZero();
			this.finishing.waiting(upload(3, UploadState.FINISHING));
			this.finishing.rejected(upload(3, UploadState.REJECTED));
			assertThat(this.finishing.failing(3)).isZero();
		}

		@Test
		void anUploadThatIsRemovedCountsNoMore() {
			this.finishing.waiting(upload(1, UploadState.FINISHING));
			assertThat(this.finishing.storageCalled(StorageOperation.FIND, UploadId.of("a")))
				.isSameAs(UploadObserver.StorageCallObserver.NONE);
			assertThat(this.finishing.storageCalled(StorageOperation.DELETE, UploadId.of("b")))
				.isSameAs(UploadObserver.StorageCallObserver.NONE);
			this.finishing.storageCalled(StorageOperation.DELETE, UploadId.of("a")).ended(new IllegalStateException());
			assertThat(this.finishing.size()).isEqualTo(1);
			this.finishing.storageCalled(StorageOperation.DELETE, UploadId.of("a")).ended(null);
			assertThat(this.finishing.size()).isZero();
		}

	}

}
