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
