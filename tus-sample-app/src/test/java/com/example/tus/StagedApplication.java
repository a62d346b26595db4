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

package com.example.tus;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorage;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;

/**
 * The sample, but a completion stops for ever at the stage that begins the file's name,
 * so that the process can be killed there. With the argument {@code --go-on} nothing
 * stops.
 */
final class StagedApplication {

	private static boolean stopping;

	private StagedApplication() {
	}

	public static void main(String[] args) {
		stopping = !args[args.length - 1].equals("--go-on");
		new SpringApplicationBuilder(SampleApplication.class, Stages.class).run(args);
	}

	private static void reached(Stage stage, Upload upload) {
		String filename = String.valueOf(upload.metadata().filename());
		if (stopping && filename.startsWith(stage.name())) {
			System.out.println("STOPPED " + filename);
			while (true) {
				try {
					Thread.sleep(Long.MAX_VALUE);
				}
				catch (InterruptedException ex) {
					// Only a kill ends this.
				}
			}
		}
	}

	/**
	 * Stages of a completion, in their order.
	 */
	enum Stage {

		BEFORE_FINISHING, AFTER_FINISHING, IN_LISTENER, BEFORE_COMPLETED, AFTER_COMPLETED

	}

	static class Stages {

		@Bean
		static BeanPostProcessor stagedStorage() {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					return (bean instanceof UploadStorage storage) ? staged(storage) : bean;
				}

			};
		}

		private static Object staged(UploadStorage storage) {
			return Proxy.newProxyInstance(Stages.class.getClassLoader(), new Class<?>[] { UploadStorage.class },
					(proxy, method, args) -> {
						if (!method.getName().equals("update")) {
							return invoke(storage, method, args);
						}
						Upload upload = (Upload) args[0];
						boolean completed = upload.state() == UploadState.COMPLETED;
						boolean finishing = upload.state() == UploadState.FINISHING;
						if (completed || finishing) {
							reached(completed ? Stage.BEFORE_COMPLETED : Stage.BEFORE_FINISHING, upload);
						}
						Object result = invoke(storage, method, args);
						if (completed || finishing) {
							reached(completed ? Stage.AFTER_COMPLETED : Stage.AFTER_FINISHING, upload);
						}
						return result;
					});
		}

		private static Object invoke(UploadStorage storage, Method method, Object[] args) throws Throwable {
			try {
				return method.invoke(storage, args);
			}
			catch (InvocationTargetException ex) {
				throw ex.getCause();
			}
		}

		@Bean
		StagedListener stagedListener() {
			return new StagedListener();
		}

	}

	static class StagedListener {

		@EventListener
		void completed(TusUploadCompletedEvent event) throws IOException, NoSuchAlgorithmException {
			byte[] content = event.resource().getContentAsByteArray();
			System.out.println("DELIVERED %s %d %s".formatted(event.upload().metadata().filename(), event.attempt(),
					HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content))));
			reached(Stage.IN_LISTENER, event.upload());
		}

	}

}
