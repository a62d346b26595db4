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

import java.util.Locale;
import java.util.Objects;

import io.github.tusspring.observation.UploadObservation.HighKey;
import io.github.tusspring.observation.UploadObservation.LowKey;
import io.github.tusspring.upload.Upload;
import io.micrometer.common.KeyValues;

/**
 * Keys as {@link UploadObservation} documents them. Can be extended.
 */
public class DefaultUploadObservationConvention implements UploadObservationConvention {

	@Override
	public String getContextualName(UploadObservationContext context) {
		String name = "tus " + context.kind().name().toLowerCase(Locale.ROOT);
		return (context.operation() != null) ? name + " " + context.operation().name().toLowerCase(Locale.ROOT) : name;
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(UploadObservationContext context) {
		KeyValues values = KeyValues.of(LowKey.ENDPOINT.withValue(context.endpoint()),
				LowKey.PROTOCOL.withValue(protocol(context)), LowKey.OUTCOME.withValue(context.outcome()));
		Upload upload = context.upload();
		return switch (context.kind()) {
			case APPEND -> values;
			case DELIVERY ->
				values.and(LowKey.KIND.withValue((upload != null && upload.endpoint() != null) ? "endpoint" : "event"));
			case STORAGE -> values.and(LowKey.OPERATION
				.withValue(Objects.requireNonNull(context.operation()).name().toLowerCase(Locale.ROOT)));
		};
	}

	private static String protocol(UploadObservationContext context) {
		Upload upload = context.upload();
		if (upload == null) {
			return "any";
		}
		return (upload.draft() > 0) ? "rufh" : "tus";
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(UploadObservationContext context) {
		return (context.id() != null) ? KeyValues.of(HighKey.UPLOAD_ID.withValue(context.id().toString()))
				: KeyValues.empty();
	}

}
