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

import com.example.upload.AbstractTestUploadsTests.WithEndpointTests;
import io.github.tusspring.test.autoconfigure.TestUploads;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/**
 * Uploads through a {@link MockMvcTester}.
 */
@SpringBootTest(properties = "tus.endpoints[0].path=/documents")
@AutoConfigureMockMvc
class MockMvcTesterTests extends WithEndpointTests {

	@Autowired
	private MockMvc mvc;

	@Override
	TestUploads uploads() {
		return TestUploads.of(MockMvcTester.create(this.mvc));
	}

}
