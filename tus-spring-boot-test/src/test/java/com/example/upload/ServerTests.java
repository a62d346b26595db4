package com.example.upload;

import com.example.upload.AbstractTestUploadsTests.WithEndpointTests;
import io.github.tusspring.test.autoconfigure.TestUploads;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/**
 * Uploads to an application that runs on a real port.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "tus.endpoints[0].path=/documents")
class ServerTests extends WithEndpointTests {

	@Autowired
	private TestUploads uploads;

	@Override
	TestUploads uploads() {
		return this.uploads;
	}

}
