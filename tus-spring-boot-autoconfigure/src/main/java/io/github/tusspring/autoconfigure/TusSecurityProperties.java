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

import java.util.List;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.Assert;

/**
 * Properties that say who may do what with uploads.
 *
 * @param owner To whom an upload belongs.
 * @param signing How URLs are signed with which uploads can be created or downloaded.
 */
@ConfigurationProperties("tus.security")
public record TusSecurityProperties(@DefaultValue("principal") Owner owner, @DefaultValue Signing signing) {

	/**
	 * How URLs are signed.
	 *
	 * @param keys Keys, of 32 characters or more each. The first one signs, all of them
	 * are accepted. If there are none, no URL is signed.
	 */
	public record Signing(@DefaultValue List<String> keys) {

		public Signing {
			Assert.isTrue(keys.stream().allMatch((key) -> key.length() >= 32),
					"'tus.security.signing.keys' must have 32 characters or more each");
		}

		@Override
		public String toString() {
			return "Signing[" + this.keys.size() + " keys]";
		}

	}

	/**
	 * To whom an upload belongs.
	 */
	public enum Owner {

		/**
		 * To the principal that creates it, if there is one.
		 */
		PRINCIPAL,

		/**
		 * To nobody: who knows its URL may use it.
		 */
		NONE

	}

}
