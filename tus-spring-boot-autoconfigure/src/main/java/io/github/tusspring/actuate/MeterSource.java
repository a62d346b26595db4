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

package io.github.tusspring.actuate;

import io.github.tusspring.upload.EndpointRules;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.micrometer.core.instrument.Tags;

/**
 * What a meter is about: the tags that all have.
 *
 * @param endpoint the endpoint's path as it is configured, or what stands for none
 * @param protocol the protocol, or what stands for all
 */
record MeterSource(String endpoint, String protocol) {

	static final String TUS = "tus";

	static final String RUFH = "rufh";

	/**
	 * What is no single upload's.
	 */
	static final MeterSource ANY = new MeterSource(EndpointRules.DEFAULT, "any");

	static MeterSource of(Upload upload, EndpointRules endpoints) {
		return new MeterSource(endpoints.template(upload.endpoint(), upload.endpointPattern()),
				(upload.draft() > 0) ? RUFH : TUS);
	}

	static MeterSource of(UploadClient client, EndpointRules endpoints) {
		return new MeterSource(endpoints.template(client.endpoint(), client.endpointPattern()),
				client.draft() ? RUFH : TUS);
	}

	Tags tags() {
		return Tags.of(TusMeterTag.ENDPOINT.key(), this.endpoint, TusMeterTag.PROTOCOL.key(), this.protocol);
	}

}
