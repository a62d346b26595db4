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

package io.github.tusspring.observation;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.tusspring.actuate.Uploads;
import io.github.tusspring.test.RawConnection;
import io.github.tusspring.test.TestServer;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import io.github.tusspring.upload.event.TusUploadCreatedEvent;
import io.github.tusspring.upload.event.TusUploadInterruptedEvent;
import io.github.tusspring.upload.event.TusUploadProgressEvent;
import io.github.tusspring.upload.event.TusUploadTerminatedEvent;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The upload's id in the diagnostic context.
 */
class MdcTests {

	@Test
	void listenersAndHandlersLogWithTheUploadsId() {
		try (TestServer server = TestServer.tomcat()
			.with(Application.class)
			.property("tus.endpoints[0].path", "/documents")
			.start()) {
			Uploads files = new Uploads(server, "/files");
			String path = files.create(200_000);
			files.patch(path, 0, 100_000);
			files.patch(path, 100_000, 100_000);
			Uploads documents = new Uploads(server, "/documents");
			String document = documents.create(100_000);
			documents.patch(document, 0, 100_000);
			assertThat(server.bean(Application.class).seen).contains("completed " + shown(path, "/files/"),
					"handler " + shown(document, "/documents/"));
			assertThat(MDC.get(MdcObserver.KEY)).isNull();
		}
	}

	@Test
	void listenersOfEachEventLogWithTheUploadsIdInWhateverThreadTheyRun() {
		try (TestServer server = TestServer.tomcat()
			.with(Listeners.class)
			.property("tus.redelivery.initial-delay", "50ms")
			.start()) {
			Uploads files = new Uploads(server, "/files");
			String path = files.create(1000);
			files.patch(path, 0, 100);
			try (RawConnection cut = files.begin(path, 100, 900, 100)) {
				await().until(() -> files.offset(path) == 200);
				cut.reset();
			}
			String delivered = files.create(1);
			files.patch(delivered, 0, 1);
			String terminated = files.create(1000);
			files.request("DELETE", terminated).send();
			String id = shown(path, "/files/");
			Set<String> seen = server.bean(Listeners.class).seen;
			await().untilAsserted(() -> assertThat(seen).contains("Created " + id, "Progress " + id,
					"Interrupted " + id, "Completed 1 " + shown(delivered, "/files/"),
					"Completed 2 " + shown(delivered, "/files/"), "Terminated " + shown(terminated, "/files/")));
			assertThat(seen).noneMatch((line) -> line.endsWith("null"));
		}
	}

	@Test
	void whatWorksWithinAnUploadsWorkGivesItsIdBack() {
		MdcObserver observer = new MdcObserver();
		UploadId id = UploadId.of("outer");
		try (UploadObserver.Scope outer = observer.working(id)) {
			observer.working(UploadId.of("inner")).close();
			assertThat(MDC.get(MdcObserver.KEY)).isEqualTo(id.abbreviated());
		}
		assertThat(MDC.get(MdcObserver.KEY)).isNull();
	}

	/**
	 * Who reads the log doesn't get to the upload.
	 */
	private static String shown(String path, String before) {
		return path.substring(before.length(), before.length() + 8) + "…";
	}

	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		private final Set<String> seen = ConcurrentHashMap.newKeySet();

		@EventListener({ TusUploadCreatedEvent.class, TusUploadProgressEvent.class, TusUploadInterruptedEvent.class,
				TusUploadTerminatedEvent.class })
		void heard(Object event) {
			this.seen.add(event.getClass().getSimpleName().replaceAll("TusUpload|Event", "") + " "
					+ MDC.get(MdcObserver.KEY));
		}

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			this.seen.add("Completed " + event.attempt() + " " + MDC.get(MdcObserver.KEY));
			if (event.attempt() == 1) {
				throw new IllegalStateException("not now");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@RestController
	static class Application {

		private final List<String> seen = new CopyOnWriteArrayList<>();

		@EventListener
		void completed(TusUploadCompletedEvent event) {
			this.seen.add("completed " + MDC.get(MdcObserver.KEY));
		}

		@PostMapping("/documents")
		void document() {
			this.seen.add("handler " + MDC.get(MdcObserver.KEY));
		}

	}

}
