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

package io.github.tusspring.observation;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadObserver;
import org.slf4j.MDC;

/**
 * Names the upload in the log: {@code tus.upload} in the diagnostic context has as much
 * of its id as the lines of the log have, while a thread works for it. An id has nothing
 * that breaks a line.
 */
public final class MdcObserver implements UploadObserver {

	/**
	 * The key.
	 */
	public static final String KEY = "tus.upload";

	@Override
	public boolean observesCalls() {
		return false;
	}

	@Override
	public Scope working(UploadId id) {
		String before = MDC.get(KEY);
		MDC.put(KEY, id.abbreviated());
		return () -> {
			if (before != null) {
				MDC.put(KEY, before);
			}
			else {
				MDC.remove(KEY);
			}
		};
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		return new AppendObserver() {

			@Override
			public Scope openScope() {
				return working(upload.id());
			}

		};
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		return new DeliveryObserver() {

			@Override
			public Scope openScope() {
				return working(upload.id());
			}

		};
	}

}
