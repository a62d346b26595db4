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

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.github.tusspring.test.Container;
import io.github.tusspring.test.TestServer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Resumable Uploads for HTTP over HTTP/2, frame by frame.
 */
@ParameterizedClass
@EnumSource(Container.class)
class RufhHttp2Tests {

	/**
	 * As long as a frame has to be lest Tomcat takes it for an attack.
	 */
	private static final String FIRST = "hello ".repeat(300);

	private static final String REST = "world ".repeat(300);

	private static TestServer server;

	private static HTTP2Client client;

	private static Session session;

	@Parameter
	Container container;

	@BeforeParameterizedClassInvocation
	static void start(Container container) throws Exception {
		server = container.server()
			.property("server.http2.enabled", "true")
			.property("tus.rufh.progress-interval", "1ms")
			.start();
		client = new HTTP2Client();
		client.start();
		InetSocketAddress address = new InetSocketAddress("127.0.0.1", server.port());
		Session.Listener listener = new Session.Listener() {
		};
		session = client.connect(address, listener).get(20, TimeUnit.SECONDS);
	}

	@AfterParameterizedClassInvocation
	static void stop() throws Exception {
		client.stop();
		server.close();
	}

	@Test
	void creationIsAnnouncedBy104AndSurvivesAReset() throws Exception {
		Exchange creation = new Exchange("POST", "/files", false,
				HttpFields.build()
					.put("upload-draft-interop-version", "9")
					.put("upload-complete", "?1")
					.put("content-length", "3600"));
		MetaData.Response interim = creation.next();
		assertThat(interim.getStatus()).isEqualTo(104);
		String location = interim.getHttpFields().get("location");
		assertThat(location).startsWith("/files/");
		assertThat(interim.getHttpFields().get("upload-limit")).startsWith("max-age=");
		assertThat(interim.getHttpFields().get("upload-draft-interop-version")).isEqualTo("9");
		creation.send(FIRST, false);
		Path stored = server.directory().resolve(location.substring("/files/".length()));
		await().untilAsserted(() -> assertThat(Files.readString(stored)).isEqualTo(FIRST));
		creation.reset();
		MetaData.Response head = new Exchange("HEAD", location, true, HttpFields.build()).next();
		assertThat(head.getStatus()).isEqualTo(204);
		assertThat(head.getHttpFields().get("upload-offset")).isEqualTo("1800");
		assertThat(head.getHttpFields().get("upload-complete")).isEqualTo("?0");
		Exchange append = new Exchange("PATCH", location, false,
				HttpFields.build()
					.put("content-type", "application/partial-upload")
					.put("upload-offset", "1800")
					.put("upload-complete", "?1"));
		append.send(REST, true);
		MetaData.Response completed = append.last();
		assertThat(completed.getStatus()).isEqualTo(204);
		assertThat(completed.getHttpFields().get("upload-complete")).isEqualTo("?1");
		assertThat(Files.readString(stored)).isEqualTo(FIRST + REST);
	}

	@Test
	void progressIsToldBy104WithoutLocation() throws Exception {
		Exchange creation = new Exchange("POST", "/files", false,
				HttpFields.build().put("upload-draft-interop-version", "9").put("upload-complete", "?1"));
		String location = creation.next().getHttpFields().get("location");
		creation.send(FIRST, false);
		Path stored = server.directory().resolve(location.substring("/files/".length()));
		await().until(() -> Files.size(stored) == FIRST.length());
		// The time between two tellings.
		TimeUnit.MILLISECONDS.sleep(5);
		creation.send(REST, false);
		MetaData.Response progress = creation.next();
		assertThat(progress.getStatus()).isEqualTo(104);
		assertThat(progress.getHttpFields().get("upload-offset")).isIn("1800", "3600");
		assertThat(progress.getHttpFields().get("location")).isNull();
		creation.send("", true);
		assertThat(creation.last().getHttpFields().get("upload-offset")).isEqualTo("3600");
	}

	@Test
	void refusalCanBeRead() throws Exception {
		Exchange refused = new Exchange("POST", "/files", false,
				HttpFields.build()
					.put("upload-draft-interop-version", "9")
					.put("upload-complete", "?1")
					.put("upload-length", "3601")
					.put("content-length", "3600"));
		refused.send(FIRST + REST, true);
		MetaData.Response response = refused.next();
		assertThat(response.getStatus()).isEqualTo(400);
		assertThat(response.getHttpFields().get("content-type")).isEqualTo("application/problem+json");
	}

	/**
	 * A request of which each frame is sent on its own.
	 */
	private static final class Exchange implements Stream.Listener {

		private final BlockingQueue<MetaData.Response> responses = new LinkedBlockingQueue<>();

		private final Stream stream;

		private Exchange(String method, String path, boolean end, HttpFields fields) throws Exception {
			HttpURI uri = HttpURI.from(server.uri(path).toString());
			MetaData.Request request = new MetaData.Request(method, uri, HttpVersion.HTTP_2, fields);
			this.stream = session.newStream(new HeadersFrame(request, null, end), this).get(20, TimeUnit.SECONDS);
		}

		@Override
		public void onHeaders(Stream stream, HeadersFrame frame) {
			this.responses.add((MetaData.Response) frame.getMetaData());
			if (!frame.isEndStream()) {
				stream.demand();
			}
		}

		@Override
		public void onDataAvailable(Stream stream) {
			Stream.Data data = stream.readData();
			if (data == null || !data.frame().isEndStream()) {
				stream.demand();
			}
			if (data != null) {
				data.release();
			}
		}

		private void send(String text, boolean last) throws Exception {
			ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
			this.stream.data(new DataFrame(this.stream.getId(), bytes, last)).get(20, TimeUnit.SECONDS);
		}

		private void reset() {
			this.stream.reset(new ResetFrame(this.stream.getId(), ErrorCode.CANCEL_STREAM_ERROR.code), Callback.NOOP);
		}

		private MetaData.Response next() throws InterruptedException {
			MetaData.Response response = this.responses.poll(20, TimeUnit.SECONDS);
			assertThat(response).isNotNull();
			return response;
		}

		private MetaData.Response last() throws InterruptedException {
			MetaData.Response response = next();
			return (response.getStatus() < 200) ? last() : response;
		}

	}

}
