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

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

class QuotaAccountsTests {

	private static final UploadId A = UploadId.of("a");

	private static final UploadId B = UploadId.of("b");

	private static final UploadId C = UploadId.of("c");

	private static QuotaLimits only(int index, long limit) {
		long[] limits = new long[6];
		limits[index] = limit;
		return new QuotaLimits(limits[0], limits[1], limits[2], limits[3], limits[4], limits[5]);
	}

	private static void assertRefused(QuotaAccounts accounts, UploadId id, String client, long bytes, String limit) {
		assertThatExceptionOfType(QuotaExceededException.class).isThrownBy(() -> accounts.take(id, client, bytes))
			.withMessageContaining(limit)
			.satisfies((ex) -> assertThat(ex.isOfClient()).isEqualTo(limit.endsWith("-per-client")));
	}

	@ParameterizedTest
	@CsvSource({ "0, tus.limits.max-unfinished-size", "1, tus.limits.max-unfinished-size-per-client",
			"4, tus.limits.max-stored-size", "5, tus.limits.max-stored-size-per-client" })
	void bytesAreLimited(int index, String limit) {
		QuotaAccounts accounts = new QuotaAccounts(only(index, 10));
		accounts.take(A, "anna", 4);
		accounts.take(B, "anna", 6);
		assertRefused(accounts, C, "anna", 1, limit);
		if (limit.endsWith("-per-client")) {
			assertThatNoException().isThrownBy(() -> accounts.take(C, "ben", 10));
			assertThatNoException().isThrownBy(() -> accounts.take(UploadId.of("d"), null, 100));
		}
		else {
			assertRefused(accounts, C, "ben", 1, limit);
		}
		accounts.remove(A);
		assertRefused(accounts, UploadId.of("e"), "anna", 5, limit);
	}

	@ParameterizedTest
	@CsvSource({ "2, tus.limits.max-stored", "3, tus.limits.max-stored-per-client" })
	void uploadsAreLimited(int index, String limit) {
		QuotaAccounts accounts = new QuotaAccounts(only(index, 2));
		accounts.take(A, "anna", 1);
		accounts.take(B, "anna", 1);
		assertRefused(accounts, C, "anna", 0, limit);
		accounts.take(A, "anna", 7);
		accounts.remove(B);
		accounts.take(C, "anna", 1);
		assertRefused(accounts, B, "anna", 0, limit);
	}

	@Test
	void finishedUploadIsNoUnfinishedOne() {
		QuotaAccounts accounts = new QuotaAccounts(only(0, 10));
		accounts.take(A, "anna", 10);
		accounts.set(A, "anna", 10, true);
		accounts.take(B, "anna", 10);
		accounts.set(A, "anna", 10, false);
		accounts.remove(B);
		assertRefused(accounts, C, "anna", 1, "tus.limits.max-unfinished-size");
		accounts.remove(A);
		assertThatNoException().isThrownBy(() -> accounts.take(C, "anna", 10));
	}

	@Test
	void whatIsRefusedCountsAsBefore() {
		QuotaAccounts accounts = new QuotaAccounts(only(4, 10));
		accounts.take(A, "anna", 6);
		assertRefused(accounts, A, "anna", 11, "tus.limits.max-stored-size");
		assertRefused(accounts, B, "anna", 5, "tus.limits.max-stored-size");
		assertThatNoException().isThrownBy(() -> accounts.take(B, "anna", 4));
	}

	@Test
	void whatDoesNotGrowIsNotAsked() {
		QuotaAccounts accounts = new QuotaAccounts(only(4, 10));
		accounts.set(A, "anna", 20, false);
		assertThatNoException().isThrownBy(() -> accounts.take(A, "anna", 20));
		assertThatNoException().isThrownBy(() -> accounts.take(A, "anna", 15));
		assertRefused(accounts, A, "anna", 21, "tus.limits.max-stored-size");
	}

	@Test
	void uploadsOfAClientAreThatClients() {
		QuotaAccounts accounts = new QuotaAccounts(only(4, 10));
		accounts.take(A, "anna", 1);
		accounts.take(B, "ben", 1);
		accounts.take(C, null, 1);
		assertThat(accounts.uploads("anna")).containsExactly(A);
		assertThat(accounts.uploads(null)).containsExactlyInAnyOrder(A, B, C);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 2, 3, 4, 5 })
	void oneLimitIsEnoughToCount(int index) {
		assertThat(only(index, 1).isLimited()).isTrue();
		assertThat(only(index, 0).isLimited()).isFalse();
		assertThatIllegalArgumentException().isThrownBy(() -> only(index, -1));
	}

	@ParameterizedTest
	@CsvSource({ "0, true, false", "1, true, false", "2, false, true", "3, false, true" })
	void uploadsAndAppendsAreLimitedApart(int index, boolean uploads, boolean appends) {
		int[] limits = new int[4];
		limits[index] = 1;
		UploadLimits limited = new UploadLimits(limits[0], limits[1], limits[2], limits[3]);
		assertThat(limited.areUploadsLimited()).isEqualTo(uploads);
		assertThat(limited.areAppendsLimited()).isEqualTo(appends);
		limits[index] = -1;
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new UploadLimits(limits[0], limits[1], limits[2], limits[3]));
	}

}
