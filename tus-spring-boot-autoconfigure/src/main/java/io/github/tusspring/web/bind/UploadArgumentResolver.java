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

package io.github.tusspring.web.bind;

import java.util.Map;
import java.util.Optional;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadGuard;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadIntent;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadNotFoundException;
import io.github.tusspring.web.ServletExchanges;
import io.github.tusspring.web.endpoint.TusAttributes;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.util.Assert;
import org.springframework.web.bind.ServletRequestBindingException;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Resolves arguments of type {@link Upload} with {@link TusUpload}, and of type
 * {@link UploadMetadata}.
 */
public final class UploadArgumentResolver implements HandlerMethodArgumentResolver {

	private final TusUploads uploads;

	private final ServletExchanges exchanges;

	private final UploadGuard guard;

	/**
	 * Creates a resolver.
	 * @param uploads finds the uploads
	 * @param exchanges know who sends a request
	 * @param guard decides who may see what
	 */
	public UploadArgumentResolver(TusUploads uploads, ServletExchanges exchanges, UploadGuard guard) {
		this.uploads = uploads;
		this.exchanges = exchanges;
		this.guard = guard;
	}

	@Override
	public boolean supportsParameter(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		return type == UploadMetadata.class
				|| (type == Upload.class && parameter.hasParameterAnnotation(TusUpload.class));
	}

	@Override
	public @Nullable Object resolveArgument(MethodParameter parameter, @Nullable ModelAndViewContainer container,
			NativeWebRequest request, @Nullable WebDataBinderFactory binderFactory)
			throws ServletRequestBindingException {
		TusUpload annotation = parameter.getParameterAnnotation(TusUpload.class);
		Upload upload = ofRequest(request);
		if (upload == null && annotation != null) {
			upload = find(request, annotation);
		}
		if (parameter.getParameterType() == UploadMetadata.class) {
			return (upload != null) ? upload.metadata() : UploadMetadata.EMPTY;
		}
		return upload;
	}

	private static @Nullable Upload ofRequest(NativeWebRequest request) {
		return (request.getAttribute(TusAttributes.UPLOAD, RequestAttributes.SCOPE_REQUEST) instanceof Upload upload)
				? upload : null;
	}

	/**
	 * Finds the upload that the path names: only where the parameter asks for one, since
	 * a variable of that name may be anything.
	 */
	private @Nullable Upload find(NativeWebRequest request, TusUpload annotation)
			throws ServletRequestBindingException {
		Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
				RequestAttributes.SCOPE_REQUEST);
		String id = (variables instanceof Map<?, ?> map && map.get(annotation.value()) instanceof String value) ? value
				: null;
		Upload upload = (id != null) ? find(id).filter((found) -> mayInspect(found, request)).orElse(null) : null;
		if (upload == null && annotation.required()) {
			if (id != null) {
				throw new ResponseStatusException(HttpStatus.NOT_FOUND);
			}
			throw new ServletRequestBindingException("The request must be a resumable upload");
		}
		return upload;
	}

	private boolean mayInspect(Upload upload, NativeWebRequest webRequest) {
		HttpServletRequest request = webRequest.getNativeRequest(HttpServletRequest.class);
		Assert.state(request != null, "The request must be one of a servlet");
		UploadClient client = this.exchanges.client(request, upload);
		try {
			this.guard.check(UploadIntent.INSPECT, upload, client);
			return true;
		}
		catch (UploadNotFoundException ex) {
			return false;
		}
	}

	private Optional<Upload> find(String id) {
		return UploadId.isValid(id) ? this.uploads.find(UploadId.of(id)) : Optional.empty();
	}

}
