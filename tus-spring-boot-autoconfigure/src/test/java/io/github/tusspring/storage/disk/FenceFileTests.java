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

package io.github.tusspring.storage.disk;

import io.github.tusspring.storage.disk.FenceFile.Raises;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a slot of a {@link FenceFile} says: for which uploads the fence was raised the
 * last three times.
 */
class FenceFileTests {

	private static final Raises NONE = new Raises(0, new long[3]);

	private static Raises raised(long... uploads) {
		Raises raises = NONE;
		for (long upload : uploads) {
			raises = raises.next(upload);
		}
		return raises;
	}

	@Test
	void whenFenceIsRaisedThenThatIsCounted() {
		assertThat(raised(5, 6).count()).isEqualTo(2);
		assertThat(NONE.count()).isZero();
	}

	@Test
	void whenFenceWasNotRaisedSinceThenItWasNotForAnUpload() {
		assertThat(raised(5).mayInclude(5, 1)).isFalse();
	}

	@Test
	void whenFenceWasRaisedForAnUploadSinceThenThatIsSeen() {
		assertThat(raised(5).mayInclude(5, 0)).isTrue();
		assertThat(raised(5, 6, 7).mayInclude(5, 0)).isTrue();
		assertThat(raised(1, 2, 5, 6, 7).mayInclude(5, 2)).isTrue();
		assertThat(raised(1, 2, 5, 6, 7).mayInclude(6, 2)).isTrue();
		assertThat(raised(1, 2, 5, 6, 7).mayInclude(7, 2)).isTrue();
	}

	@Test
	void whenFenceWasRaisedForOthersThenThatIsSeenToo() {
		assertThat(raised(1, 2, 3).mayInclude(5, 0)).isFalse();
	}

	@Test
	void whenFenceWasRaisedMoreOftenThanIsRememberedThenItMayHaveBeenForAnyUpload() {
		assertThat(raised(1, 2, 3, 4).mayInclude(5, 0)).isTrue();
		assertThat(raised(1, 2, 3, 4).mayInclude(5, 1)).isFalse();
	}

	@Test
	void whenFileIsOlderThanWhatWasSeenThenItMayHaveBeenForAnyUpload() {
		assertThat(raised(1).mayInclude(5, 2)).isTrue();
	}

}
