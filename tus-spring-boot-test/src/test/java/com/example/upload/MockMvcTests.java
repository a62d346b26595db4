package com.example.upload;

import com.example.upload.AbstractTestUploadsTests.WithEndpointTests;
import io.github.tusspring.storage.disk.DiskUploadStorage;
import io.github.tusspring.test.autoconfigure.TestUploads;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Uploads to an application for which no server runs.
 */
@SpringBootTest(properties = "tus.endpoints[0].path=/documents")
@AutoConfigureMockMvc
class MockMvcTests extends WithEndpointTests {

	@Autowired
	private TestUploads uploads;

	@Override
	TestUploads uploads() {
		return this.uploads;
	}

	@Test
	void uploadsAreKeptInADirectoryOfTheirOwn(@Autowired DiskUploadStorage storage) {
		assertThat(storage).asString().contains("tus-test");
	}

}
