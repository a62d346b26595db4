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

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.web.ServletAnswerer.State;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

class ServletAnswererTests {

	private static final ExchangeAnswer ANSWER = new ExchangeAnswer(409, Map.of(), new byte[] { 'x' });

	private final AtomicInteger aborts = new AtomicInteger();

	private final AtomicInteger completions = new AtomicInteger();

	private final MockHttpServletRequest request = new MockHttpServletRequest("PATCH", "/files/1") {

		@Override
		public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
			super.startAsync(request, response);
			return new MockAsyncContext(request, response) {

				@Override
				public void complete() {
					ServletAnswererTests.this.completions.incrementAndGet();
				}

			};
		}

	};

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	private boolean abortable = true;

	private final ServletTransfers transfers = new ServletTransfers((aborted) -> {
		this.aborts.incrementAndGet();
		return this.abortable;
	}, ContinueSender.NONE, (opened, stream) -> null, (informed, status, headers) -> false, null);

	private ServletAnswerer answerer = new ServletAnswerer(this.request, this.response, this.transfers);

	private void listen() {
		this.request.setAsyncSupported(true);
		this.answerer.listen(new Input(), new Listener());
	}

	private ServletBodyTransfer transfer() {
		return new ServletBodyTransfer(this.request, this.response, this.transfers);
	}

	@Test
	void connectionThatWasClosedWhileTheContainerWasAtItIsClosedAgainByTheContainersThread() {
		listen();
		this.answerer.abort();
		assertThat(this.aborts).hasValue(1);
		// The container's thread, which was already on its way, finds the request open.
		this.answerer.recede();
		assertThat(this.aborts).hasValue(2);
	}

	@Test
	void containersThreadLeavesAloneWhatWasEndedOtherwise() {
		listen();
		this.answerer.end(ANSWER);
		this.answerer.recede();
		assertThat(this.aborts).hasValue(0);
		assertThat(this.completions).hasValue(1);
	}

	@Test
	void connectionThatCanNotBeClosedIsAnsweredAndEnded() {
		listen();
		this.abortable = false;
		this.answerer.abort();
		assertThat(this.answerer.state()).isEqualTo(State.DONE);
		assertThat(this.response.getStatus()).isEqualTo(503);
		assertThat(this.response.getHeader("Connection")).isEqualTo("close");
		assertThat(this.completions).hasValue(1);
	}

	@Test
	void earlyAnswerLeavesTheRequestOpenForAWhile() {
		listen();
		this.answerer.answerEarly(ANSWER, transfer());
		assertThat(this.answerer.state()).isEqualTo(State.ANSWERED);
		assertThat(this.answerer.isOverdue()).isFalse();
		assertThat(this.response.getHeader("Connection")).isEqualTo("close");
		assertThat(this.completions).hasValue(0);
		this.answerer.hurry();
		assertThat(this.answerer.isOverdue()).isTrue();
		this.answerer.giveUp();
		assertThat(this.answerer.state().isOver()).isTrue();
		assertThat(this.aborts).hasValue(1);
	}

	@Test
	void answerBeforeAShortBodyLeavesTheConnectionToTheNextRequest() {
		listen();
		this.answerer.answerBeforeShort(ANSWER, transfer());
		assertThat(this.answerer.state()).isEqualTo(State.ANSWERED);
		assertThat(this.response.getHeader("Connection")).isNull();
		this.answerer.complete();
		assertThat(this.completions).hasValue(1);
		assertThat(this.aborts).hasValue(0);
	}

	@Test
	void streamOfManyIsNotBrokenOffWhenABodyDoesNotCome() {
		this.request.setProtocol("HTTP/2.0");
		this.answerer = new ServletAnswerer(this.request, this.response, this.transfers);
		listen();
		this.answerer.answerEarly(ANSWER, transfer());
		assertThat(this.response.getHeader("Connection")).isNull();
		this.answerer.giveUp();
		assertThat(this.aborts).hasValue(0);
		assertThat(this.completions).hasValue(1);
	}

	@Test
	void answerThatAnotherThreadLeavesIsGivenByTheOneThatWaitsForBytes() {
		this.answerer.leave(ANSWER);
		assertThat(this.answerer.state()).isEqualTo(State.STOPPED);
		assertThat(this.response.isCommitted()).isFalse();
		this.answerer.endLate(false);
		assertThat(this.response.getStatus()).isEqualTo(409);
		assertThat(this.answerer.state()).isEqualTo(State.DONE);
	}

	@Test
	void silentRequestOfAThreadThatWaitsIsClosedWithoutAnAnswer() {
		this.answerer.leave(null);
		this.answerer.endLate(false);
		assertThat(this.aborts).hasValue(1);
		assertThat(this.response.getContentAsByteArray()).isEmpty();
	}

	@Test
	void brokenConnectionOfAThreadThatWaitsGetsNoAnswer() {
		this.answerer.leave(ANSWER);
		this.answerer.endLate(true);
		assertThat(this.aborts).hasValue(1);
		assertThat(this.response.getContentAsByteArray()).isEmpty();
	}

	private static final class Listener implements ReadListener, AsyncListener {

		@Override
		public void onDataAvailable() {
		}

		@Override
		public void onAllDataRead() {
		}

		@Override
		public void onError(Throwable ex) {
		}

		@Override
		public void onComplete(AsyncEvent event) {
		}

		@Override
		public void onTimeout(AsyncEvent event) {
		}

		@Override
		public void onError(AsyncEvent event) {
		}

		@Override
		public void onStartAsync(AsyncEvent event) {
		}

	}

	private static final class Input extends ServletInputStream {

		@Override
		public boolean isFinished() {
			return false;
		}

		@Override
		public boolean isReady() {
			return false;
		}

		@Override
		public void setReadListener(ReadListener listener) {
		}

		@Override
		public int read() {
			return -1;
		}

	}

}
