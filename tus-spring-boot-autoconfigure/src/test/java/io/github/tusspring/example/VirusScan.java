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

package io.github.tusspring.example;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;

import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.Resource;

/**
 * Has ClamAV look at an upload, before anybody takes it. Where ClamAV can't be reached
 * the upload waits, and is looked at later.
 */
class VirusScan {

	private static final int TIMEOUT = 60_000;

	private final InetSocketAddress clamd;

	VirusScan(InetSocketAddress clamd) {
		this.clamd = clamd;
	}

	@EventListener
	@Order(2)
	void scan(TusUploadCompletedEvent event) throws IOException {
		String result = scan(event.resource());
		if (result.endsWith("FOUND")) {
			throw new UploadRejectedException(422, "The file is infected: " + result);
		}
		if (!result.endsWith("OK")) {
			throw new IOException("ClamAV says '" + result + "'");
		}
	}

	private String scan(Resource resource) throws IOException {
		try (Socket socket = new Socket(); InputStream content = resource.getInputStream()) {
			socket.connect(this.clamd, TIMEOUT);
			socket.setSoTimeout(TIMEOUT);
			DataOutputStream output = new DataOutputStream(socket.getOutputStream());
			output.write("zINSTREAM\0".getBytes(StandardCharsets.US_ASCII));
			byte[] chunk = new byte[64 * 1024];
			for (int count = content.read(chunk); count > 0; count = content.read(chunk)) {
				output.writeInt(count);
				output.write(chunk, 0, count);
			}
			output.writeInt(0);
			output.flush();
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8).replace("\0", "").strip();
		}
	}

}
