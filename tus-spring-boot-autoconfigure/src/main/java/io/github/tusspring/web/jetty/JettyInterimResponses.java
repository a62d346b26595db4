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

package io.github.tusspring.web.jetty;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.github.tusspring.web.InterimResponses;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.eclipse.jetty.ee11.servlet.ServletChannel;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.util.FutureCallback;

import org.springframework.core.log.LogMessage;

/**
 * Sends interim answers on Jetty: over HTTP/1.1 as bytes on the connection, since Jetty
 * itself leaves out the headers of all but 103. Thread-safe.
 */
public final class JettyInterimResponses implements InterimResponses {

	private static final Log logger = LogFactory.getLog(JettyInterimResponses.class);

	/**
	 * How long a client may take to read a few hundred bytes.
	 */
	private static final int TIMEOUT_SECONDS = 5;

	@Override
	public boolean send(HttpServletRequest request, int status, Map<String, String> headers) {
		ServletContextRequest jettyRequest = JettyConnectionAborter.find(request);
		if (jettyRequest == null) {
			return false;
		}
		ServletChannel channel = jettyRequest.getServletChannel();
		HttpVersion version = channel.getConnectionMetaData().getHttpVersion();
		try {
			if (version == HttpVersion.HTTP_1_1) {
				// The final answer must not overtake it.
				FutureCallback written = new FutureCallback();
				channel.getConnectionMetaData()
					.getConnection()
					.getEndPoint()
					.write(written, InterimResponses.toBytes(status, headers));
				await(written);
				return true;
			}
			HttpFields.Mutable fields = HttpFields.build();
			headers.forEach(fields::put);
			await(jettyRequest.getServletContextResponse().writeInterim(status, fields));
			return true;
		}
		catch (ExecutionException | TimeoutException | RuntimeException ex) {
			logger.debug(LogMessage.format("An interim answer could not be sent: %s", ex));
			return true;
		}
	}

	private static void await(Future<?> written) throws ExecutionException, TimeoutException {
		try {
			written.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
