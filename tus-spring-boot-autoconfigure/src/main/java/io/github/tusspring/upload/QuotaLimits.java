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

package io.github.tusspring.upload;

import org.springframework.util.Assert;

/**
 * How much may be stored. A client is a principal or, where there is none and its address
 * is kept, a remote address. Each number is greater than 0, or 0 for any number.
 *
 * @param maxUnfinishedSize the bytes of all unfinished uploads
 * @param maxUnfinishedSizePerClient the bytes of one client's unfinished uploads
 * @param maxStored the number of uploads whose content is stored or going to be
 * @param maxStoredPerClient the number of one client's uploads whose content is stored or
 * going to be
 * @param maxStoredSize the bytes of all uploads
 * @param maxStoredSizePerClient the bytes of one client's uploads
 */
public record QuotaLimits(long maxUnfinishedSize, long maxUnfinishedSizePerClient, long maxStored,
		long maxStoredPerClient, long maxStoredSize, long maxStoredSizePerClient) {

	public QuotaLimits {
		Assert.isTrue(maxUnfinishedSize >= 0 && maxUnfinishedSizePerClient >= 0 && maxStored >= 0
				&& maxStoredPerClient >= 0 && maxStoredSize >= 0 && maxStoredSizePerClient >= 0,
				"limits must not be negative");
	}

	/**
	 * Whether there is any limit.
	 * @return {@code false} if nothing has to be counted
	 */
	public boolean isLimited() {
		return this.maxUnfinishedSize > 0 || this.maxUnfinishedSizePerClient > 0 || isStoredLimited();
	}

	/**
	 * Whether finished uploads count, too.
	 */
	boolean isStoredLimited() {
		return this.maxStored > 0 || this.maxStoredPerClient > 0 || this.maxStoredSize > 0
				|| this.maxStoredSizePerClient > 0;
	}

}
