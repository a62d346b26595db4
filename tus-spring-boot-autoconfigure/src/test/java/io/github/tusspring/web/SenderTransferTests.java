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

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.github.tusspring.upload.StopReason;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.context.request.RequestAttributes.SCOPE_REQUEST;

class SenderTransferTests {

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final List<RequestAttributes> seen = new ArrayList<>();

	private final List<String> destroyed = new ArrayList<>();

	private @Nullable ExchangeAnswer answer;

	private BodyReceiver receiver;

	@AfterEach
	void reset() {
		RequestContextHolder.resetRequestAttributes();
	}

	@Test
	void whatIsInTheScopeOfTheRequestIsOneForAllOfItsBody() {
		start();
		this.receiver.receive(ByteBuffer.allocate(1));
		this.receiver.receive(ByteBuffer.allocate(1));
		assertThat(this.destroyed).isEmpty();
		this.receiver.end((name) -> null);
		assertThat(this.seen).hasSize(3).doesNotContainNull();
		assertThat(this.seen.stream().distinct()).hasSize(1);
		assertThat(RequestContextHolder.getRequestAttributes()).isNull();
	}

	@Test
	void whatIsInTheScopeOfTheRequestIsDestroyedOnceAtTheEndOfItsBody() {
		start();
		this.receiver.receive(ByteBuffer.allocate(1));
		this.receiver.end((name) -> null);
		assertThat(this.destroyed).containsExactly("bean");
	}

	@Test
	void whatIsInTheScopeOfTheRequestIsDestroyedWhenItIsStopped() {
		start();
		this.receiver.stop(StopReason.TAKEN_OVER);
		assertThat(this.destroyed).containsExactly("bean");
	}

	@Test
	void whatIsInTheScopeOfTheRequestIsDestroyedWhenItFails() {
		start();
		this.receiver.fail();
		assertThat(this.destroyed).containsExactly("bean");
	}

	@Test
	void whatIsInTheScopeOfTheRequestIsDestroyedWhenItIsRefused() {
		start();
		this.answer = ExchangeAnswer.CLOSE;
		this.receiver.receive(ByteBuffer.allocate(1));
		assertThat(this.destroyed).containsExactly("bean");
	}

	@Test
	void whatTheRequestsOwnThreadReceivesIsReceivedAsBefore() {
		RequestAttributes own = new ServletRequestAttributes(this.request);
		RequestContextHolder.setRequestAttributes(own);
		start((receiver) -> receiver.receive(ByteBuffer.allocate(1)));
		assertThat(this.seen).containsExactly(own);
		RequestContextHolder.resetRequestAttributes();
		this.receiver.end((name) -> null);
		assertThat(this.seen.get(1)).isNotNull().isNotSameAs(own);
	}

	private void start() {
		start((receiver) -> {
		});
	}

	private void start(Consumer<BodyReceiver> atOnce) {
		BodyTransfer transfer = new BodyTransfer() {

			@Override
			public void start(BodyReceiver receiver) {
				SenderTransferTests.this.receiver = receiver;
				atOnce.accept(receiver);
			}

			@Override
			public void stop(StopReason reason) {
			}

		};
		new SenderTransfer(transfer, new RequestSender(this.request, List.of())).start(new Listener());
	}

	/**
	 * Uses a bean in the scope of the request wherever it is called.
	 */
	private final class Listener implements BodyReceiver {

		private void use() {
			RequestAttributes attributes = RequestContextHolder.currentRequestAttributes();
			SenderTransferTests.this.seen.add(attributes);
			if (attributes.getAttribute("bean", SCOPE_REQUEST) == null) {
				attributes.setAttribute("bean", "bean", SCOPE_REQUEST);
				attributes.registerDestructionCallback("bean", () -> SenderTransferTests.this.destroyed.add("bean"),
						SCOPE_REQUEST);
			}
		}

		@Override
		public @Nullable ExchangeAnswer receive(ByteBuffer bytes) {
			use();
			return SenderTransferTests.this.answer;
		}

		@Override
		public @Nullable ExchangeAnswer end(UnaryOperator<@Nullable String> trailers) {
			use();
			return null;
		}

		@Override
		public @Nullable ExchangeAnswer stop(StopReason reason) {
			use();
			return null;
		}

		@Override
		public void fail() {
			use();
		}

	}

}
