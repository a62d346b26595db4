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

package io.github.tusspring.test;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Fails a test in which something was logged that would trouble an operator: at WARN or
 * ERROR. To be used where all that happens is a client's doing.
 */
public final class QuietLog implements BeforeEachCallback, AfterEachCallback {

	private final ListAppender<ILoggingEvent> events = new ListAppender<>();

	@Override
	public void beforeEach(ExtensionContext context) {
		// Each time anew: the start of an application resets the appenders.
		this.events.list.clear();
		this.events.start();
		root().addAppender(this.events);
	}

	@Override
	public void afterEach(ExtensionContext context) {
		root().detachAppender(this.events);
		assertThat(this.events.list).noneMatch((event) -> event.getLevel().isGreaterOrEqual(Level.WARN));
	}

	private static Logger root() {
		return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
	}

}
