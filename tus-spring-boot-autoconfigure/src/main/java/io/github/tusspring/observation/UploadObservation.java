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

import java.util.Arrays;
import java.util.Locale;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * All of our observations, with the keys that {@link DefaultUploadObservationConvention}
 * gives them. All have the keys {@code endpoint} and {@code protocol}, as meters do.
 */
public enum UploadObservation implements ObservationDocumentation {

	/**
	 * An append: from its begin to the last byte that was taken. A span of its request.
	 */
	APPEND(LowKey.OUTCOME),

	/**
	 * A delivery to the application. A span of the append that brought the last byte, or
	 * a trace of its own if no client waits for it.
	 */
	DELIVERY(LowKey.OUTCOME, LowKey.KIND),

	/**
	 * A call of the storage, if something else is observed in the same thread. Writing
	 * bytes is none.
	 */
	STORAGE(LowKey.OPERATION, LowKey.OUTCOME);

	private final LowKey[] keys;

	UploadObservation(LowKey... keys) {
		this.keys = keys;
	}

	@Override
	public String getName() {
		return "tus.upload." + name().toLowerCase(Locale.ROOT);
	}

	@Override
	public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
		return DefaultUploadObservationConvention.class;
	}

	@Override
	public KeyName[] getLowCardinalityKeyNames() {
		KeyName[] all = { LowKey.ENDPOINT, LowKey.PROTOCOL };
		KeyName[] names = Arrays.copyOf(all, all.length + this.keys.length);
		System.arraycopy(this.keys, 0, names, all.length, this.keys.length);
		return names;
	}

	@Override
	public KeyName[] getHighCardinalityKeyNames() {
		return HighKey.values();
	}

	/**
	 * Keys that have few values.
	 */
	public enum LowKey implements KeyName {

		/**
		 * The endpoint's path as it is configured, or {@code default}.
		 */
		ENDPOINT,

		/**
		 * The protocol.
		 */
		PROTOCOL,

		/**
		 * How it went.
		 */
		OUTCOME,

		/**
		 * What the upload was delivered to: {@code event} or {@code endpoint}.
		 */
		KIND,

		/**
		 * What the storage did.
		 */
		OPERATION;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Keys that have many values.
	 */
	public enum HighKey implements KeyName {

		/**
		 * The upload's id.
		 */
		UPLOAD_ID;

		@Override
		public String asString() {
			return "tus.upload.id";
		}

	}

}
