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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/**
 * An application with a listener and an endpoint's handler.
 */
@SpringBootApplication
@RestController
class UploadApplication {

	final List<String> received = new CopyOnWriteArrayList<>();

	@EventListener
	void completed(TusUploadCompletedEvent event) throws IOException {
		String content = event.resource().getContentAsString(StandardCharsets.UTF_8);
		if (content.equals("bad")) {
			throw new UploadRejectedException(422, "That is bad");
		}
		this.received.add(event.upload().metadata().filename() + ": " + content);
	}

	@PostMapping("/documents")
	String document(@RequestParam MultipartFile file) throws IOException {
		this.received.add(file.getOriginalFilename() + ": " + new String(file.getBytes(), StandardCharsets.UTF_8));
		return "Thank you for " + file.getSize() + " bytes";
	}

}
