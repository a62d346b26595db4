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

package io.github.tusspring.web;

import io.github.tusspring.upload.Delivery;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadAnswer;
import io.github.tusspring.upload.UploadDeliveryException;
import io.github.tusspring.upload.UploadException;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;

/**
 * Hands full uploads over to a receiver of the application's.
 *
 * @param endpoint the path of the creation URL, below the context path
 * @param receiver takes the uploads
 * @param uploads gives access to their content
 */
record ReceiverHandOver(String endpoint, TusRequests.Receiver receiver, TusUploads uploads) implements HandOver {

	@Override
	public ExchangeAnswer begin(Delivery delivery, HandOverAnswers answers) {
		try (delivery) {
			UploadAnswer.Builder words = UploadAnswer.builder();
			receive(delivery, words);
			return answers.taken(delivery.succeed(words.build()));
		}
		catch (UploadException ex) {
			return answers.failed(ex);
		}
	}

	private void receive(Delivery delivery, UploadAnswer.Builder words) {
		Upload upload = delivery.upload();
		try (UploadObserver.Scope scope = delivery.observer().openScope()) {
			this.receiver.receive(new TusUploadCompletedEvent(upload, words, this.uploads));
		}
		catch (UploadRejectedException ex) {
			delivery.reject();
			throw ex;
		}
		catch (Throwable ex) {
			delivery.fail(ex);
			throw new UploadDeliveryException(upload.id(), ex);
		}
	}

}
