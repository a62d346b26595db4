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

package io.github.tusspring.web.endpoint;

import java.beans.PropertyDescriptor;
import java.lang.reflect.Constructor;

import jakarta.servlet.http.Part;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.core.MethodParameter;
import org.springframework.util.StringUtils;
import org.springframework.web.bind.annotation.BindParam;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartRequest;

/**
 * Finds out which part of a form a controller's method wants to have.
 */
final class HandlerPart {

	private HandlerPart() {
	}

	/**
	 * Returns the name of the part that a method wants.
	 * @param method the method
	 * @return the name, or {@code null} if the method asks for no part
	 */
	static @Nullable String name(HandlerMethod method) {
		String other = null;
		for (MethodParameter parameter : method.getMethodParameters()) {
			Class<?> type = contentType(parameter);
			if (isContent(type)) {
				return name(parameter);
			}
			if (MultipartRequest.class.isAssignableFrom(type)) {
				return HandlerBody.DEFAULT_PART;
			}
			String asked = parameter.hasParameterAnnotation(RequestPart.class) ? name(parameter) : property(type);
			other = (asked != null) ? asked : other;
		}
		return other;
	}

	private static boolean isContent(Class<?> type) {
		return MultipartFile.class.isAssignableFrom(type) || Part.class.isAssignableFrom(type);
	}

	/**
	 * Returns the type of a parameter, or of what is in it if it is a collection, an
	 * array or an optional.
	 */
	private static Class<?> contentType(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		if (type.isArray()) {
			return type.getComponentType();
		}
		return parameter.nested().getNestedParameterType();
	}

	private static String name(MethodParameter parameter) {
		RequestPart part = parameter.getParameterAnnotation(RequestPart.class);
		RequestParam param = parameter.getParameterAnnotation(RequestParam.class);
		String name = (part != null) ? part.name() : (param != null) ? param.name() : "";
		if (!StringUtils.hasText(name)) {
			name = parameter.getParameterName();
		}
		return StringUtils.hasText(name) ? name : HandlerBody.DEFAULT_PART;
	}

	/**
	 * Returns the field of an object that Spring MVC makes of a form.
	 */
	private static @Nullable String property(Class<?> type) {
		if (type.isInterface() || BeanUtils.isSimpleProperty(type)) {
			return null;
		}
		String argument = argument(type);
		if (argument != null) {
			return argument;
		}
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			if (property.getWriteMethod() != null
					&& isContent(contentType(BeanUtils.getWriteMethodParameter(property)))) {
				return property.getName();
			}
		}
		return null;
	}

	private static @Nullable String argument(Class<?> type) {
		try {
			Constructor<?> constructor = BeanUtils.getResolvableConstructor(type);
			String[] names = BeanUtils.getParameterNames(constructor);
			for (int i = 0; i < names.length; i++) {
				MethodParameter parameter = new MethodParameter(constructor, i);
				if (isContent(contentType(parameter))) {
					BindParam bound = parameter.getParameterAnnotation(BindParam.class);
					return (bound != null) ? bound.value() : names[i];
				}
			}
		}
		catch (IllegalStateException ex) {
			// Spring MVC doesn't make one either.
		}
		return null;
	}

}
