package io.github.tusspring.autoconfigure;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.web.servlet.DynamicRegistrationBean;
import org.springframework.core.log.LogMessage;

/**
 * Says in the log which filter or servlet keeps uploads from being received without a
 * thread each: all of those that a request goes through have to know of asynchronous
 * requests.
 */
final class AsyncSupportCheck implements SmartInitializingSingleton {

	private static final Log logger = LogFactory.getLog(AsyncSupportCheck.class);

	private final ListableBeanFactory beans;

	AsyncSupportCheck(ListableBeanFactory beans) {
		this.beans = beans;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.beans.getBeansOfType(DynamicRegistrationBean.class, false, false).forEach((name, registration) -> {
			if (registration.isEnabled() && !registration.isAsyncSupported()) {
				logger.warn(LogMessage.format("'%s' doesn't support asynchronous requests: each upload that goes "
						+ "through it takes a thread. Call setAsyncSupported(true) on it", name));
			}
		});
	}

}
