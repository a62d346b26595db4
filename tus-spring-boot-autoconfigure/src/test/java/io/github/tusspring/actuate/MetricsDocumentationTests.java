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

package io.github.tusspring.actuate;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.ClientDeniedException;
import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.RefusalReason;
import io.github.tusspring.upload.StorageOperation;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadState;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/metrics.md} says of meters, beside the meters that exist.
 */
class MetricsDocumentationTests {

	private static final Pattern METER = Pattern
		.compile("^\\| `(tus\\.[^`]+)` \\| (\\w+) \\| (.*?) \\| (.*?) \\| .+\\|$");

	private static final UploadId ID = UploadId.of("a");

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@Test
	void everyMeterIsDocumentedWithItsTags() {
		List<String> documented = DocumentedTags.lines()
			.stream()
			.map(METER::matcher)
			.filter(Matcher::matches)
			.map((row) -> String.join("|", row.group(1), row.group(2), row.group(3), row.group(4).strip()))
			.toList();
		assertThat(documented)
			.containsExactlyElementsOf(Arrays.stream(TusMeter.values()).map(MetricsDocumentationTests::row).toList());
	}

	private static String row(TusMeter meter) {
		String tags = meter.tags()
			.stream()
			.skip(2)
			.map((tag) -> "`" + tag.key() + "`")
			.collect(Collectors.joining(", "));
		return String.join("|", meter.meterName(), TusMeterTag.value(meter.kind()), tags,
				Objects.requireNonNullElse(meter.baseUnit(), ""));
	}

	@Test
	void everyReasonOfARefusalIsDocumented() {
		assertThat(DocumentedTags.reasonsOfRefusals()).containsExactlyElementsOf(values(RefusalReason.values()));
	}

	@Test
	void everyOperationOfTheStorageIsDocumented() {
		assertThat(DocumentedTags.values(TusMeter.STORAGE, TusMeterTag.OPERATION))
			.containsExactlyInAnyOrderElementsOf(values(StorageOperation.values()));
	}

	@Test
	void valuesOfTagsAreThoseThatMetersHave() {
		UploadMetrics metrics = new UploadMetrics(this.registry, EndpointRules.NONE, true);
		for (AppendOutcome outcome : AppendOutcome.values()) {
			metrics.appendBegan(upload(UploadState.RECEIVING)).ended(outcome);
		}
		for (UploadState state : List.of(UploadState.COMPLETED, UploadState.REJECTED, UploadState.FINISHING)) {
			metrics.deliveryBegan(upload(state)).ended(upload(state), null);
			metrics.deliveryBegan(document(state)).ended(document(state), null);
		}
		Upload denied = document(UploadState.FINISHING);
		metrics.deliveryBegan(denied).ended(denied, new ClientDeniedException("Status 403"));
		for (Throwable failure : new Throwable[] { null, new UploadLockedException(ID), new IOException("broken") }) {
			metrics.storageCalled(StorageOperation.UPDATE, ID).ended(failure);
		}
		metrics.lockAwaited(ID, Duration.ZERO, true);
		metrics.lockAwaited(ID, Duration.ZERO, false);
		assertDocumented(TusMeter.APPENDS_INTERRUPTED, TusMeterTag.REASON);
		assertDocumented(TusMeter.APPEND, TusMeterTag.OUTCOME);
		assertDocumented(TusMeter.DELIVERY, TusMeterTag.OUTCOME);
		assertDocumented(TusMeter.DELIVERY, TusMeterTag.KIND);
		assertDocumented(TusMeter.STORAGE, TusMeterTag.OUTCOME);
		assertDocumented(TusMeter.LOCK_WAIT, TusMeterTag.OUTCOME);
		Set<String> protocols = new HashSet<>(tags(TusMeter.UPLOADS_STARTED, TusMeterTag.PROTOCOL));
		protocols.addAll(tags(TusMeter.APPENDS_ACTIVE, TusMeterTag.PROTOCOL));
		assertThat(protocols).isEqualTo(DocumentedTags.values(TusMeter.UPLOADS_STARTED, TusMeterTag.PROTOCOL));
	}

	private void assertDocumented(TusMeter meter, TusMeterTag tag) {
		assertThat(tags(meter, tag)).as("%s of %s", tag, meter).isEqualTo(DocumentedTags.values(meter, tag));
	}

	private Set<String> tags(TusMeter meter, TusMeterTag tag) {
		return this.registry.get(meter.meterName())
			.meters()
			.stream()
			.map((each) -> each.getId().getTag(tag.key()))
			.collect(Collectors.toSet());
	}

	private static Upload upload(UploadState state) {
		return upload(NewUpload.builder(ID), state);
	}

	private static Upload document(UploadState state) {
		return upload(NewUpload.builder(ID).endpoint("/documents").endpointPattern("/documents"), state);
	}

	private static Upload upload(NewUpload.Builder asked, UploadState state) {
		return Upload.builder(asked.length(3L).build(), Instant.now())
			.offset((state == UploadState.RECEIVING) ? 0 : 3)
			.state(state)
			.build();
	}

	private static List<String> values(Enum<?>[] constants) {
		return Stream.of(constants).map(TusMeterTag::value).toList();
	}

}
