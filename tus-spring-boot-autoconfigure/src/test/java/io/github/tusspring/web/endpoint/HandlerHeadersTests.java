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

package io.github.tusspring.web.endpoint;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletResponse;

import static org.assertj.core.api.Assertions.assertThat;

class HandlerHeadersTests {

	@ParameterizedTest
	@ValueSource(strings = { "Tus-Resumable", "Upload-Offset", "Upload-Length", "Upload-Metadata", "Upload-Concat",
			"Upload-Checksum", "Upload-Complete", "Upload-Draft-Interop-Version", "X-HTTP-Method-Override",
			"Transfer-Encoding", "Content-Type", "Content-Length", "Content-Encoding", "Content-Disposition",
			"Content-Range", "Content-MD5", "Content-Digest", "Repr-Digest", "Expect", "Trailer", "TE" })
	void whatIsSaidOfTheLastPieceIsNotSaidOfTheContent(String name) {
		assertThat(HandlerHeaders.isHidden(name)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Authorization", "Cookie", "Origin", "Accept", "X-Request-Id", "Traceparent" })
	void whatIsSaidOfTheClientReachesTheHandler(String name) {
		assertThat(HandlerHeaders.isHidden(name)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Authorization", "Authentication-Info", "WWW-Authenticate", "X-Auth-Token", "X-CSRF-TOKEN",
			"X-XSRF-TOKEN", "Clear-Site-Data", "Date", "Cache-Control", "Strict-Transport-Security", "X-Request-Id",
			"Access-Control-Allow-Origin", "Upload-Offset" })
	void whatIsForOneAnswerOnlyIsNotStored(String name) {
		HandlerResponse response = new HandlerResponse(new MockHttpServletResponse());
		response.setHeader(name, "once");
		response.setHeader("X-Kept", "yes");
		assertThat(HandlerAnswer.of(response, 200, true, false).headers()).containsOnlyKeys("X-Kept");
	}

}
