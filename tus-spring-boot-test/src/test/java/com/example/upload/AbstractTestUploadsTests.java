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

package com.example.upload;

import io.github.tusspring.test.autoconfigure.AutoConfigureTus;
import io.github.tusspring.test.autoconfigure.TestUpload;
import io.github.tusspring.test.autoconfigure.TestUploads;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.UploadId;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application can test, whatever the uploads go through.
 */
@AutoConfigureTus
abstract class AbstractTestUploadsTests {

	@Autowired
	UploadApplication application;

	@Autowired
	TusUploads stored;

	@BeforeEach
	void forget() {
		this.application.received.clear();
	}

	abstract TestUploads uploads();

	@Test
	void listenerGetsTheUpload() {
		TestUpload upload = uploads().filename("a.txt").upload("hello");
		assertThat(upload.status()).isEqualTo(204);
		assertThat(this.application.received).containsExactly("a.txt: hello");
		assertThat(this.stored.find(UploadId.of(upload.id()))).isPresent();
	}

	@Test
	void listenerMayRefuse() {
		TestUpload upload = uploads().upload("bad");
		assertThat(upload.status()).isEqualTo(422);
		assertThat(upload.text()).isEqualTo("That is bad");
	}

	@Test
	void uploadIsMadeStepByStep() {
		TestUpload created = uploads().create(6);
		assertThat(uploads().append(created, 0, new byte[2]).status()).isEqualTo(204);
		assertThat(uploads().append(created, 5, new byte[1]).status()).isEqualTo(409);
		assertThat(uploads().inspect(created).header("upload-offset")).isEqualTo("2");
		assertThat(uploads().terminate(created).status()).isEqualTo(204);
		assertThat(uploads().inspect(created).status()).isEqualTo(404);
		assertThat(this.application.received).isEmpty();
	}

	/**
	 * An endpoint's handler, where the way there can dispatch.
	 */
	abstract static class WithEndpointTests extends AbstractTestUploadsTests {

		@Test
		void handlerGetsTheUpload() {
			TestUpload upload = uploads().to("/documents").filename("b.txt").upload("hello");
			assertThat(upload.status()).isEqualTo(200);
			assertThat(upload.text()).isEqualTo("Thank you for 5 bytes");
			assertThat(this.application.received).containsExactly("b.txt: hello");
		}

	}

}
