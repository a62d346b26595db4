package com.example.upload;

import io.github.tusspring.test.autoconfigure.TestUploads;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.MockMvc;
import org.springframework.test.web.servlet.client.RestTestClient;

/**
 * Uploads through a {@link RestTestClient} that is bound to no server.
 */
@SpringBootTest(properties = "tus.endpoints[0].path=/documents")
@AutoConfigureMockMvc
class MockRestTestClientTests extends AbstractTestUploadsTests {

	@Autowired
	private MockMvc mvc;

	@Override
	TestUploads uploads() {
		return TestUploads.of(RestTestClient.bindTo(this.mvc).build());
	}

}
