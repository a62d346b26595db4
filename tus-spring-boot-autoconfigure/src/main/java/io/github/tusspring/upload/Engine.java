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
 * What an engine works with: what an application, or whoever embeds the engine, may
 * choose.
 *
 * @param storage keeps the uploads
 * @param locker keeps requests for the same upload apart
 * @param policy what is allowed
 * @param events publishes what happens
 * @param delivery delivers finished uploads
 * @param guard decides who may do what
 */
record Engine(UploadStorage storage, UploadLocker locker, UploadPolicy policy, UploadEvents events,
		UploadDelivery delivery, UploadGuard guard) {
}
