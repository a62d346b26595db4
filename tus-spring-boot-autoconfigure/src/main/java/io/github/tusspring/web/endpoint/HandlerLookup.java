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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

import jakarta.servlet.http.HttpServletRequest;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotationAwareOrderComparator;
import org.springframework.core.log.LogMessage;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.server.PathContainer;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.condition.MediaTypeExpression;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.UrlPathHelper;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;
import org.springframework.web.util.pattern.PatternParseException;

/**
 * Finds out which of Spring MVC's handlers an endpoint has, and whether that wants its
 * content as a part of a form. Thread-safe.
 */
public final class HandlerLookup {

	private static final String FORM = "multipart/form-data;boundary=x";

	/**
	 * What a request brings that has a path in place of the content.
	 */
	private static final MediaType PATH = MediaType.TEXT_PLAIN;

	private static final Log logger = LogFactory.getLog(HandlerLookup.class);

	private static final String PATTERN = HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE;

	private final Supplier<List<HandlerMapping>> mappings;

	private final String servletPath;

	private final Map<String, List<HandlerMethod>> methods = new ConcurrentHashMap<>();

	/**
	 * Creates an instance.
	 * @param mappings gives the mappings in their order
	 * @param servletPath the path of Spring MVC's servlet, empty for the root
	 */
	public HandlerLookup(Supplier<List<HandlerMapping>> mappings, String servletPath) {
		this.mappings = mappings;
		this.servletPath = servletPath;
	}

	/**
	 * Returns the mappings that a servlet of Spring MVC's uses.
	 * @param context the servlet's context
	 * @return the mappings in their order
	 */
	public static List<HandlerMapping> mappings(ApplicationContext context) {
		List<HandlerMapping> mappings = new ArrayList<>(
				BeanFactoryUtils.beansOfTypeIncludingAncestors(context, HandlerMapping.class, true, false).values());
		AnnotationAwareOrderComparator.sort(mappings);
		return mappings;
	}

	/**
	 * Returns a path that matches the one of an endpoint.
	 */
	static String example(String pattern) {
		return pattern.replaceAll("\\{[^/]+}", "x");
	}

	String servletPath() {
		return this.servletPath;
	}

	/**
	 * Whether the application handles a request, as far as can be told.
	 * @param request the request
	 * @param path the path below the context path
	 */
	boolean isHandled(HttpServletRequest request, String path) {
		return new ServletLookup(request.getServletContext()).hasOther(path, this.servletPath)
				|| exists(request, path, request.getMethod(), request.getContentType());
	}

	/**
	 * Whether a request has a handler of the application's own.
	 */
	boolean exists(HttpServletRequest request, String path, String method, @Nullable String contentType) {
		try {
			return HandlerCallMapping.isApplications(find(request, path, method, contentType));
		}
		catch (HttpRequestMethodNotSupportedException ex) {
			return false;
		}
		catch (Exception ex) {
			// There is one, and it wants more than this request has.
			return true;
		}
	}

	/**
	 * Finds the handler of a request.
	 * @return the handler or {@code null}
	 */
	@Nullable Object find(HttpServletRequest request, String path, String method, @Nullable String contentType) throws Exception {
		return find(new HandlerProbe(request, this.servletPath, path, method, contentType));
	}

	private @Nullable Object find(HandlerProbe probe) throws Exception {
		ServletRequestPathUtils.parseAndCache(probe);
		UrlPathHelper.defaultInstance.resolveAndCacheLookupPath(probe);
		for (HandlerMapping mapping : this.mappings.get()) {
			HandlerExecutionChain chain = mapping.getHandler(probe);
			if (chain != null) {
				return chain.getHandler();
			}
		}
		return null;
	}

	/**
	 * Whether a handler gets the paths of an endpoint, by whatever path it was found.
	 * @param handler the handler
	 * @param request the request for which it was found
	 * @param path the endpoint's path, with examples for its variables
	 * @param method the method of the endpoint's requests
	 */
	boolean getsPaths(Object handler, HttpServletRequest request, String path, HttpMethod method) {
		List<HandlerMethod> methods = this.methods.computeIfAbsent(path, (key) -> methods(key, method, PATH));
		if (handler instanceof HandlerMethod && !methods.isEmpty()
				&& methods.stream().noneMatch((other) -> isSame(other, handler))) {
			// As most are. One that takes what is nobody else's gets none of the paths.
			return false;
		}
		HandlerProbe probe = new HandlerProbe(request, this.servletPath, path, method.name(), PATH.toString());
		Object found;
		try {
			found = find(probe);
		}
		catch (Exception ex) {
			found = null;
		}
		if (handler instanceof HandlerMethod known) {
			return methods.isEmpty() ? isSame(known, found) : isMethodOrUnknown(found);
		}
		// Functions that are filtered are new ones each time.
		Object pattern = probe.getAttribute(PATTERN);
		return handler == found || (pattern != null && pattern.equals(request.getAttribute(PATTERN)));
	}

	/**
	 * Whether the requests to an endpoint may be a controller's, where one without its
	 * variables and headers wasn't anybody else's.
	 */
	private static boolean isMethodOrUnknown(@Nullable Object found) {
		return found instanceof HandlerMethod || !HandlerCallMapping.isApplications(found);
	}

	private static boolean isSame(HandlerMethod one, @Nullable Object other) {
		return other instanceof HandlerMethod method && method.getMethod().equals(one.getMethod())
				&& method.getBeanType().equals(one.getBeanType());
	}

	/**
	 * Finds the methods of controllers that may handle the requests to a path, whatever
	 * its variables are, and whatever else a request has to say.
	 * @param path the path, with examples for its variables
	 * @param method the method of the requests
	 * @param contentType what the requests bring, or {@code null} if that isn't known
	 */
	List<HandlerMethod> methods(String path, HttpMethod method, @Nullable MediaType contentType) {
		PathContainer within = PathContainer.parsePath(path.substring(this.servletPath.length()));
		TreeMap<PathPattern, List<HandlerMethod>> found = new TreeMap<>(PathPattern.SPECIFICITY_COMPARATOR);
		for (HandlerMapping mapping : this.mappings.get()) {
			if (mapping instanceof RequestMappingInfoHandlerMapping methods) {
				methods.getHandlerMethods().forEach((info, handler) -> {
					if (handles(info, method) && (contentType == null || consumes(info, contentType))) {
						patterns(info).filter((pattern) -> pattern.matches(within))
							.forEach((pattern) -> found.computeIfAbsent(pattern, (key) -> new ArrayList<>())
								.add(handler));
					}
				});
			}
		}
		return found.isEmpty() ? List.of() : found.firstEntry().getValue();
	}

	private static boolean handles(RequestMappingInfo info, HttpMethod method) {
		Set<RequestMethod> methods = info.getMethodsCondition().getMethods();
		return methods.isEmpty() || methods.contains(RequestMethod.resolve(method));
	}

	private static boolean consumes(RequestMappingInfo info, MediaType contentType) {
		Set<MediaTypeExpression> types = info.getConsumesCondition().getExpressions();
		return types.isEmpty()
				|| types.stream().anyMatch((type) -> type.getMediaType().includes(contentType) != type.isNegated());
	}

	/**
	 * Returns the patterns of a method, without the expressions that its variables have
	 * to match. One that only an {@code AntPathMatcher} understands is left out.
	 */
	private static Stream<PathPattern> patterns(RequestMappingInfo info) {
		PathPatternParser parser = new PathPatternParser();
		parser.setCaseSensitive(false);
		List<PathPattern> patterns = new ArrayList<>();
		for (String pattern : info.getPatternValues()) {
			try {
				patterns.add(parser.parse(pattern.replaceAll("\\{([^/:]+):[^/]*}", "{$1}")));
			}
			catch (PatternParseException ex) {
				logger.debug(LogMessage.format("'%s' is not compared with the paths of endpoints: %s", pattern, ex));
			}
		}
		return patterns.stream();
	}

	/**
	 * Returns the name of the part that a handler wants.
	 * @param request the request
	 * @param path the endpoint's path
	 * @param body what the handler is going to get
	 * @return the part's name, or {@code null} if the handler wants the content as the
	 * body
	 */
	@Nullable String part(HttpServletRequest request, String path, HandlerBody body) {
		if (!path.startsWith(this.servletPath)) {
			return null;
		}
		try {
			Object handler = find(request, path, body.method(), body.headers().get("Content-Type"));
			// A function that consumes forms isn't found for anything else.
			return HandlerCallMapping.isApplications(handler) ? part(handler)
					: consumesForms(request, path, body.method());
		}
		catch (HttpMediaTypeNotSupportedException ex) {
			return consumesForms(request, path, body.method());
		}
		catch (Exception ex) {
			// The handler will say so itself.
			return null;
		}
	}

	private @Nullable String consumesForms(HttpServletRequest request, String path, String method) {
		try {
			Object handler = find(request, path, method, FORM);
			return HandlerCallMapping.isApplications(handler)
					? Objects.requireNonNullElse(part(handler), HandlerBody.DEFAULT_PART) : null;
		}
		catch (Exception ex) {
			return null;
		}
	}

	private static @Nullable String part(@Nullable Object handler) {
		return (handler instanceof HandlerMethod method) ? HandlerPart.name(method) : null;
	}

}
