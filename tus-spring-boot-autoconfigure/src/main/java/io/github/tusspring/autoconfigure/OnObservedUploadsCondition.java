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

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

import io.github.tusspring.observation.UploadObservationConvention;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

/**
 * Matches if something may see observations that makes more of them than meters. Ours say
 * the same as those would, and cost less than an observation that nobody sees.
 */
final class OnObservedUploadsCondition extends AnyNestedCondition {

	private static final String OBSERVATIONS = "org.springframework.boot.micrometer.observation.autoconfigure.";

	OnObservedUploadsCondition() {
		super(ConfigurationPhase.REGISTER_BEAN);
	}

	@ConditionalOnBooleanProperty("tus.observations.enabled")
	static class Wanted {

	}

	@ConditionalOnBean(UploadObservationConvention.class)
	static class Named {

	}

	/**
	 * A tracer has one.
	 */
	@Conditional(OnHandler.class)
	static class Handled {

	}

	/**
	 * Which may have handlers that are no beans.
	 */
	@Conditional(OnOwnRegistry.class)
	static class Kept {

	}

	/**
	 * Which may add handlers that are no beans.
	 */
	@ConditionalOnBean(type = OBSERVATIONS + "ObservationRegistryCustomizer")
	static class Customized {

	}

	static final class OnHandler extends OnMatchingBean {

		private static final String METERS = "io.micrometer.core.instrument.observation.MeterObservationHandler";

		OnHandler() {
			super(ObservationHandler.class);
		}

		@Override
		boolean matches(ConfigurableListableBeanFactory beans, String name) {
			Class<?> handler = beans.getType(name);
			return handler == null || !ClassUtils.isPresent(METERS, handler.getClassLoader())
					|| !MeterObservationHandler.class.isAssignableFrom(handler);
		}

	}

	static final class OnOwnRegistry extends OnMatchingBean {

		OnOwnRegistry() {
			super(ObservationRegistry.class);
		}

		@Override
		boolean matches(ConfigurableListableBeanFactory beans, String name) {
			return !beans.containsBeanDefinition(name) || !(OBSERVATIONS + "ObservationAutoConfiguration")
				.equals(beans.getMergedBeanDefinition(name).getFactoryBeanName());
		}

	}

	abstract static class OnMatchingBean extends SpringBootCondition {

		private final Class<?> type;

		OnMatchingBean(Class<?> type) {
			this.type = type;
		}

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			ConfigurableListableBeanFactory beans = Objects.requireNonNull(context.getBeanFactory());
			List<String> names = Arrays
				.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, this.type, true, false))
				.filter((name) -> matches(beans, name))
				.toList();
			ConditionMessage.Builder message = ConditionMessage.forCondition(getClass().getSimpleName());
			return names.isEmpty() ? ConditionOutcome.noMatch(message.didNotFind("bean").atAll())
					: ConditionOutcome.match(message.found("bean", "beans").items(names));
		}

		abstract boolean matches(ConfigurableListableBeanFactory beans, String name);

	}

}
