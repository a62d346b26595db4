package io.github.tusspring.web.endpoint;

import java.io.IOException;
import java.io.InputStream;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.MediaType;
import org.springframework.http.converter.ResourceHttpMessageConverter;

/**
 * Gives a handler that wants its body as a {@link Resource} the stored content itself:
 * Spring MVC's own converter would read all of it into memory.
 */
public final class ContentResourceConverter extends ResourceHttpMessageConverter {

	@Override
	public boolean canWrite(Class<?> type, @Nullable MediaType mediaType) {
		return false;
	}

	@Override
	protected Resource readInternal(Class<? extends Resource> type, HttpInputMessage message) throws IOException {
		InputStream body = message.getBody();
		if (body instanceof ContentInputStream delivered && type.isInstance(delivered.content())) {
			return delivered.content();
		}
		return super.readInternal(type, message);
	}

}
