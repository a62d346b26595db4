package com.example.tus;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;

/**
 * Runs a test against one sample that all of these tests share.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "tus.storage.disk.directory=target/uploads-${random.uuid}", "tus.max-size=128MB",
				"tus.cors.allowed-origin-patterns=http://localhost:[*]" })
@Import(TestListener.class)
@interface SampleTest {

}
