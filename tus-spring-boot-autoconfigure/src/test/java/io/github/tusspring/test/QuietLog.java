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
