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

/**
 * Why an append is to end before its body does.
 */
public enum StopReason {

	/**
	 * A newer request wants the upload.
	 */
	TAKEN_OVER,

	/**
	 * No byte came for too long.
	 */
	IDLE,

	/**
	 * Bytes came, but fewer than the minimum rate asks for.
	 */
	TOO_SLOW,

	/**
	 * The application is shutting down.
	 */
	SHUTDOWN,

	/**
	 * What keeps the upload's lock can't be reached, so that it can't be kept.
	 */
	LOCK_LOST

}
