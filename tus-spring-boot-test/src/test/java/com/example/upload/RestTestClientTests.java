package com.example.upload;

import com.example.upload.AbstractTestUploadsTests.WithEndpointTests;
import io.github.tusspring.test.autoconfigure.TestUploads;

import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.servlet.client.RestTestClient;

/**
 * Uploads through a {@link RestTestClient} to a real port.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "tus.endpoints[0].path=/documents")
class RestTestClientTests extends WithEndpointTests {

	@LocalServerPort
	private int port;

	@Override
	TestUploads uploads() {
		return TestUploads.of(RestTestClient.bindToServer().baseUrl("http://localhost:" + this.port).build());
	}

}
