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

package io.github.tusspring.web;

import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpSession;

import static org.assertj.core.api.Assertions.assertThat;

class UploadOwnerResolverTests {

	private final UploadOwnerResolver resolver = UploadOwnerResolver.session();

	@Test
	void whenRequestsHaveACopyOfTheSessionEachThenTheirOwnerIsTheSame() {
		String owner = owner(new MockHttpSession(null, "a"));
		assertThat(owner(new MockHttpSession(null, "a"))).isEqualTo(owner);
		assertThat(owner(new MockHttpSession(null, "b"))).isNotEqualTo(owner);
	}

	@Test
	void whenTheSessionGetsAnotherIdThenItsOwnerStays() {
		MockHttpSession session = new MockHttpSession(null, "a");
		String owner = owner(session);
		assertThat(session.changeSessionId()).isNotEqualTo("a");
		assertThat(owner(session)).isEqualTo(owner);
	}

	private String owner(MockHttpSession session) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setSession(session);
		return String.valueOf(this.resolver.resolveOwner(request));
	}

}
