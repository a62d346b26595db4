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

import java.io.IOException;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class RefusalReasonTests {

	private static final UploadId ID = UploadId.of("a");

	@ParameterizedTest
	@MethodSource
	void failureHasAReason(Throwable failure, RefusalReason reason) {
		assertThat(RefusalReason.of(failure)).isEqualTo(reason);
	}

	static Stream<Object[]> failureHasAReason() {
		return Stream.of(new Object[][] { { new UploadNotFoundException(ID), RefusalReason.NOT_FOUND },
				{ new UploadGoneException(ID), RefusalReason.GONE },
				{ new TooManyUploadsException("many"), RefusalReason.TOO_MANY },
				{ new TooManyAppendsException("limit"), RefusalReason.TOO_MANY },
				{ new TooManyDownloadsException("limit"), RefusalReason.TOO_MANY },
				{ new QuotaExceededException("limit", false), RefusalReason.TOO_MANY },
				{ new UploadLockedException(ID), RefusalReason.LOCKED },
				{ new OffsetMismatchException(3, null), RefusalReason.OFFSET },
				{ new UploadExistsException(ID), RefusalReason.EXISTS },
				{ new UploadTooLargeException("long"), RefusalReason.TOO_LARGE },
				{ new UploadForbiddenException("no"), RefusalReason.FORBIDDEN },
				{ new ChecksumMismatchException(), RefusalReason.CHECKSUM },
				{ new InsufficientStorageException("full"), RefusalReason.NO_SPACE },
				{ new UploadRejectedException(422, "no"), RefusalReason.REJECTED },
				{ new UploadStorageException("broken", new IOException()), RefusalReason.STORAGE },
				{ new InvalidUploadException("what"), RefusalReason.INVALID },
				{ new IllegalStateException(), RefusalReason.PROTOCOL } });
	}

	@Test
	void onlyATakeOverIsAnotherRequests() {
		assertThat(RefusalReason.of(StopReason.TAKEN_OVER)).isEqualTo(RefusalReason.TAKEN_OVER);
		assertThat(RefusalReason.of(StopReason.LOCK_LOST)).isEqualTo(RefusalReason.STORAGE);
	}

}
