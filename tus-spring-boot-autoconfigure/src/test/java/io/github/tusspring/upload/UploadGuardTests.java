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

import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Who may do what, and what somebody hears who may not.
 */
class UploadGuardTests {

	private static final UploadId ID = UploadId.of("a");

	private static final Principal ANNA = () -> "anna";

	private static final UploadClient CLIENT = new UploadClient("anna", null, null, "192.0.2.1", ANNA);

	private static final Upload UPLOAD = Upload
		.builder(NewUpload.builder(ID).length(3L).owner("anna").build(), Instant.EPOCH)
		.build();

	private final Set<UploadIntent> forbidden = EnumSet.noneOf(UploadIntent.class);

	private final List<UploadAccess> asked = new ArrayList<>();

	private final UploadGuard guard = new UploadGuard(List.of((access) -> {
		this.asked.add(access);
		if (this.forbidden.contains(access.intent())) {
			throw new UploadForbiddenException("no");
		}
	}));

	@Test
	void whenTheUploadIsSomebodyElsesThenNobodyIsAsked() {
		UploadClient ben = new UploadClient("ben", null);
		assertThatExceptionOfType(UploadNotFoundException.class)
			.isThrownBy(() -> this.guard.check(UploadIntent.APPEND, UPLOAD, ben));
		assertThat(this.guard.mayInspect(UPLOAD, ben)).isFalse();
		assertThat(this.asked).isEmpty();
	}

	@Test
	void whenItMayBeSeenThenSomebodyHearsWhatIsForbidden() {
		this.forbidden.add(UploadIntent.APPEND);
		assertThatExceptionOfType(UploadForbiddenException.class)
			.isThrownBy(() -> this.guard.check(UploadIntent.APPEND, UPLOAD, CLIENT));
		assertThatNoException().isThrownBy(() -> this.guard.check(UploadIntent.INSPECT, UPLOAD, CLIENT));
	}

	@Test
	void whenItMayNotBeSeenThenThereIsNoneWhateverIsForbidden() {
		this.forbidden.addAll(EnumSet.of(UploadIntent.APPEND, UploadIntent.INSPECT));
		for (UploadIntent intent : this.forbidden) {
			assertThatExceptionOfType(UploadNotFoundException.class)
				.isThrownBy(() -> this.guard.check(intent, UPLOAD, CLIENT));
		}
		assertThat(this.guard.mayInspect(UPLOAD, CLIENT)).isFalse();
	}

	@Test
	void whenSomebodyIsAskedThenWhoWantsWhatIsKnown() {
		this.guard.check(UploadIntent.APPEND, UPLOAD, CLIENT);
		assertThat(this.asked).singleElement().satisfies((access) -> {
			assertThat(access.user()).isSameAs(ANNA);
			assertThat(access.owner()).isEqualTo("anna");
			assertThat(access.metadata()).isEqualTo(UploadMetadata.EMPTY);
		});
	}

	@Test
	void whenAnUploadIsToBeCreatedThenWhatIsAskedForIsKnown() {
		NewUpload creation = NewUpload.builder(ID).owner("anna").metadata(UploadMetadata.parse("a Yg==")).build();
		this.guard.checkCreation(creation, CLIENT);
		assertThat(this.asked).singleElement().satisfies((access) -> {
			assertThat(access.intent()).isEqualTo(UploadIntent.CREATE);
			assertThat(access.owner()).isEqualTo("anna");
			assertThat(access.metadata().get("a")).isEqualTo("b");
		});
	}

	@Test
	void whenAUrlIsSignedThenWhoHasSignedItHasDecided() {
		this.forbidden.addAll(EnumSet.allOf(UploadIntent.class));
		UploadGrant grant = UploadGrant.toCreate(ID, Instant.MAX);
		UploadClient holder = new UploadClient("anna", null, null, null, grant);
		assertThatNoException().isThrownBy(() -> this.guard.checkCreation(NewUpload.builder(ID).build(), holder));
		assertThatNoException().isThrownBy(() -> this.guard.check(UploadIntent.APPEND, UPLOAD, holder));
		assertThat(this.guard.mayInspect(UPLOAD, holder)).isTrue();
		assertThatExceptionOfType(UploadForbiddenException.class)
			.isThrownBy(() -> this.guard.check(UploadIntent.DOWNLOAD, UPLOAD, holder));
		assertThat(this.asked).isEmpty();
	}

	@Test
	void whenNobodyWaitsThenTheOwnersUserIsAskedForAndStoodInFor() {
		List<String> bound = new ArrayList<>();
		AbsentClients absent = new AbsentClients(this.guard, (upload) -> ANNA, (user) -> {
			bound.add(user.getName());
			return () -> bound.add("end");
		});
		absent.stepIn(UPLOAD).close();
		assertThat(bound).containsExactly("anna", "end");
		assertThat(this.asked).extracting(UploadAccess::intent).containsExactly(UploadIntent.DELIVER);
		this.forbidden.add(UploadIntent.DELIVER);
		assertThatExceptionOfType(UploadRejectedException.class).isThrownBy(() -> absent.stepIn(UPLOAD))
			.satisfies((ex) -> assertThat(ex.status()).isEqualTo(403));
	}

	@Test
	void whenAnUploadWasSignedForNobodyThenNobodyIsStoodInFor() {
		AbsentClients absent = new AbsentClients(this.guard, (upload) -> ANNA, (user) -> {
			throw new IllegalStateException("Nobody knows the holder");
		});
		NewUpload signed = NewUpload.builder(ID).owner(UploadGrant.toCreate(ID, Instant.MAX).owner()).build();
		assertThat(absent.stepIn(Upload.builder(signed, Instant.EPOCH).build())).isSameAs(UploadObserver.Scope.NONE);
	}

}
