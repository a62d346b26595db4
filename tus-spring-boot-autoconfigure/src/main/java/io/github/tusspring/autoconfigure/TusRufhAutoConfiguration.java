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

package io.github.tusspring.autoconfigure;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

import io.github.tusspring.protocol.rufh.InteropVersion;
import io.github.tusspring.protocol.rufh.RufhLimits;
import io.github.tusspring.protocol.rufh.RufhProtocol;
import io.github.tusspring.upload.ExpirationPolicy;
import io.github.tusspring.upload.UploadIdGenerator;
import io.github.tusspring.upload.UploadService;
import io.github.tusspring.web.RufhHandler;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for Resumable Uploads for HTTP, the
 * draft of the IETF, alongside tus.
 */
@AutoConfiguration(after = TusAutoConfiguration.class, before = TusWebMvcAutoConfiguration.class)
@ConditionalOnBean(UploadService.class)
@ConditionalOnBooleanProperty(name = "tus.rufh.enabled", matchIfMissing = true)
@EnableConfigurationProperties(TusRufhProperties.class)
public final class TusRufhAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	RufhProtocol tusRufhProtocol(TusRufhProperties rufh, TusProperties properties, ExpirationPolicy expiration) {
		Set<InteropVersion> versions = EnumSet.noneOf(InteropVersion.class);
		rufh.interopVersions().forEach((version) -> versions.add(Objects.requireNonNull(InteropVersion.of(version))));
		RufhLimits limits = new RufhLimits(TusProperties.bytes(rufh.limits().minSize()), properties.maxLength(),
				TusProperties.bytes(rufh.limits().minAppendSize()), TusProperties.bytes(rufh.limits().maxAppendSize()),
				expiration.after());
		return new RufhProtocol(versions, rufh.requireInteropVersion(), limits);
	}

	@Bean
	@ConditionalOnMissingBean
	RufhHandler tusRufhHandler(RufhProtocol protocol, TusRufhProperties rufh, UploadService service,
			UploadIdGenerator ids) {
		return new RufhHandler(protocol, rufh.interimResponses(), rufh.progressInterval(), service, ids);
	}

}
