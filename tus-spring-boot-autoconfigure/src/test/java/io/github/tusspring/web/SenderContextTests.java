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

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import io.github.tusspring.security.SpringSecuritySenderContext;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class SenderContextTests {

	private final List<String> told = new ArrayList<>();

	@Test
	void whatWasBoundLastIsPutBackFirst() {
		SenderContext.Bound bound = SenderContext.Bound.all(List.of("a", "b"), this::bind);
		bound.close();
		assertThat(this.told).containsExactly("bind a", "bind b", "close b", "close a");
	}

	@Test
	void nothingStaysBoundIfOneCanNotBeBound() {
		assertThatIllegalStateException()
			.isThrownBy(() -> SenderContext.Bound.all(List.of("a", "b", "fails"), this::bind));
		assertThat(this.told).containsExactly("bind a", "bind b", "close b", "close a");
	}

	@Test
	void allIsPutBackEvenIfOneCanNotBe() {
		SenderContext.Bound bound = SenderContext.Bound.all(List.of("a", "stays", "b"), this::bind);
		assertThatIllegalStateException().isThrownBy(bound::close);
		assertThat(this.told).endsWith("close b", "close stays", "close a");
	}

	@Test
	void threadThatWorkedForARequestHasItsOwnAgain() {
		RequestAttributes own = new ServletRequestAttributes(new MockHttpServletRequest());
		RequestContextHolder.setRequestAttributes(own);
		try {
			SenderContext.Bound bound = new RequestSender(new MockHttpServletRequest(), List.of()).bind();
			assertThat(RequestContextHolder.getRequestAttributes()).isNotSameAs(own);
			bound.close();
			assertThat(RequestContextHolder.getRequestAttributes()).isSameAs(own);
		}
		finally {
			RequestContextHolder.resetRequestAttributes();
		}
	}

	@Test
	void requestThatWasBoundToItsSenderIsAsItWas() {
		MockHttpServletRequest request = new MockHttpServletRequest();
		SenderContext context = new SpringSecuritySenderContext(SecurityContextHolder.getContextHolderStrategy());
		SenderContext.Bound bound = context.keep().bind(request);
		assertThat(Collections.list(request.getAttributeNames())).isNotEmpty();
		bound.close();
		assertThat(Collections.list(request.getAttributeNames())).isEmpty();
	}

	private SenderContext.Bound bind(String name) {
		if (name.equals("fails")) {
			throw new IllegalStateException("It can't be bound");
		}
		this.told.add("bind " + name);
		return () -> {
			this.told.add("close " + name);
			if (name.equals("stays")) {
				throw new IllegalStateException("It stays");
			}
		};
	}

}
