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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.NewUpload;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadObserver;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockAsyncContext;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Streams of containers that have given a request up.
 */
class ProgressEventsTests {

	private final ProgressEvents events = new ProgressEvents(2, 0);

	private final Upload upload = Upload.builder(NewUpload.builder(UploadId.of("a")).length(10L).build(), Instant.EPOCH)
		.build();

	@Test
	void whenAStreamCannotBeEndedThenTheOthersHearAndItsPlaceIsFree() throws IOException {
		Client lost = new Client();
		assertThat(lost.watches()).isTrue();
		lost.gone = true;
		Client other = new Client();
		assertThat(other.watches()).isTrue();
		this.events.appendBegan(this.upload).received(4);
		this.events.tell();
		this.events.tell();
		assertThat(other.heard()).contains("\"offset\":4");
		assertThat(new Client().watches()).isTrue();
	}

	@Test
	void whenAStreamCannotBeEndedThenTheOthersEnd() throws IOException {
		Client lost = new Client();
		Client other = new Client();
		assertThat(lost.watches()).isTrue();
		assertThat(other.watches()).isTrue();
		lost.gone = true;
		other.gone = true;
		this.events.stop();
		assertThat(lost.ended).isTrue();
		assertThat(other.ended).isTrue();
	}

	@Test
	void whenAStreamIsOpenedAfterTheStopThenItEndsAtOnce() throws IOException {
		this.events.stop();
		Client late = new Client();
		assertThat(late.watches()).isTrue();
		assertThat(late.ended).isTrue();
		assertThat(late.heard()).contains("\"offset\":0");
	}

	@Test
	void whenItStartsAgainThenStreamsStay() throws IOException {
		this.events.stop();
		this.events.start(Runnable::run);
		Client client = new Client();
		assertThat(client.watches()).isTrue();
		assertThat(client.ended).isFalse();
	}

	@Test
	void whenAnEventWaitsForASlowReaderThenNoCommentTakesItsPlace() throws IOException {
		Client slow = new Client();
		ProgressStream stream = new ProgressStream(slow.new Request().startAsync(null, slow.new Response()),
				(ended) -> {
				});
		slow.full = true;
		stream.send("event: progress\n\n", false);
		stream.keepAlive();
		slow.full = false;
		stream.onWritePossible();
		assertThat(slow.heard()).isEqualTo("event: progress\n\n");
		stream.keepAlive();
		assertThat(slow.heard()).endsWith(": still there\n\n");
	}

	@Test
	void whenAStreamCannotBeOpenedThenItsPlaceIsFree() throws IOException {
		MockHttpServletRequest unable = new MockHttpServletRequest();
		for (int i = 0; i < 2; i++) {
			assertThatIllegalStateException()
				.isThrownBy(() -> this.events.watch(this.upload, null, unable, new MockHttpServletResponse()));
		}
		assertThat(new Client().watches()).isTrue();
	}

	@Test
	void whenAnAppendIsTakenOverThenItsSuccessorIsFollowed() throws IOException {
		Client client = new Client();
		assertThat(client.watches()).isTrue();
		UploadObserver.AppendObserver former = this.events.appendBegan(this.upload);
		this.events.appendBegan(this.upload).received(4);
		former.ended(AppendOutcome.TAKEN_OVER);
		this.events.tell();
		assertThat(client.heard()).contains("\"offset\":4");
	}

	private final class Client {

		private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

		private boolean full;

		private boolean gone;

		private boolean ended;

		boolean watches() throws IOException {
			return ProgressEventsTests.this.events.watch(ProgressEventsTests.this.upload, null, new Request(),
					new Response());
		}

		String heard() {
			return this.heard.toString(StandardCharsets.UTF_8);
		}

		private void checkThere() {
			if (this.gone) {
				throw new NullPointerException("The container has cleared the stream");
			}
		}

		private final class Request extends MockHttpServletRequest {

			@Override
			public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
				return new MockAsyncContext(request, response) {

					@Override
					public void complete() {
						Client.this.ended = true;
						checkThere();
					}

				};
			}

		}

		private final class Response extends HttpServletResponseWrapper {

			private Response() {
				super(new MockHttpServletResponse());
			}

			@Override
			public ServletOutputStream getOutputStream() {
				return new ServletOutputStream() {

					@Override
					public boolean isReady() {
						checkThere();
						return !Client.this.full;
					}

					@Override
					public void setWriteListener(WriteListener listener) {
					}

					@Override
					public void write(int b) {
						Client.this.heard.write(b);
					}

				};
			}

		}

	}

}
