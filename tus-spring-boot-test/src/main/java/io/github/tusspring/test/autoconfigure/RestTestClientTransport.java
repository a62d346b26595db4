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

package io.github.tusspring.test.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.servlet.client.EntityExchangeResult;
import org.springframework.test.web.servlet.client.RestTestClient;

/**
 * Sends requests through a client that the test has.
 */
final class RestTestClientTransport implements TestTransport {

	private final RestTestClient client;

	RestTestClientTransport(RestTestClient client) {
		this.client = client;
	}

	@Override
	public Answer send(String method, String path, Map<String, String> headers, byte[] body) {
		EntityExchangeResult<byte[]> result = this.client.method(HttpMethod.valueOf(method))
			.uri(path)
			.headers((all) -> headers.forEach(all::set))
			.body(body)
			.exchange()
			.expectBody()
			.returnResult();
		byte[] content = result.getResponseBody();
		return new Answer(result.getStatus().value(), headers(result.getResponseHeaders()),
				(content != null) ? content : new byte[0]);
	}

	private static Map<String, List<String>> headers(HttpHeaders headers) {
		Map<String, List<String>> map = new LinkedHashMap<>();
		headers.forEach(map::put);
		return map;
	}

}
