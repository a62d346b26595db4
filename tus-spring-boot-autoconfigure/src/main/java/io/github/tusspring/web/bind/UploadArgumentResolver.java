package io.github.tusspring.web.bind;

import java.security.Principal;
import java.util.Map;
import java.util.Optional;

import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadClient;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.web.endpoint.TusAttributes;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
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

	private static final String DEFAULT_VARIABLE = "id";

	private final TusUploads uploads;

	/**
	 * Creates a resolver.
	 * @param uploads finds the uploads
	 */
	public UploadArgumentResolver(TusUploads uploads) {
		this.uploads = uploads;
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
		Upload upload = find(request, (annotation != null) ? annotation.value() : DEFAULT_VARIABLE);
		if (parameter.getParameterType() == UploadMetadata.class) {
			return (upload != null) ? upload.metadata() : UploadMetadata.EMPTY;
		}
		if (upload == null && annotation != null && annotation.required()) {
			throw new ServletRequestBindingException("The request must be a resumable upload");
		}
		return upload;
	}

	private @Nullable Upload find(NativeWebRequest request, String variable) {
		if (request.getAttribute(TusAttributes.UPLOAD, RequestAttributes.SCOPE_REQUEST) instanceof Upload upload) {
			return upload;
		}
		Object variables = request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
				RequestAttributes.SCOPE_REQUEST);
		if (!(variables instanceof Map<?, ?> map) || !(map.get(variable) instanceof String id)) {
			return null;
		}
		Principal principal = request.getUserPrincipal();
		String name = (principal != null) ? principal.getName() : null;
		return find(id).filter((upload) -> new UploadClient(name, upload.endpoint()).mayReach(upload))
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
	}

	private Optional<Upload> find(String id) {
		return UploadId.isValid(id) ? this.uploads.find(UploadId.of(id)) : Optional.empty();
	}

}
