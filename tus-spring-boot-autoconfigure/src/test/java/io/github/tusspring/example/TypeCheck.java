package io.github.tusspring.example;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.apache.tika.Tika;

import org.springframework.context.event.EventListener;
import org.springframework.core.annotation.Order;

/**
 * Looks at what an upload really is, before anybody takes it.
 */
class TypeCheck {

	private final Tika tika = new Tika();

	private final Set<String> taken = Set.of("image/png", "image/jpeg", "application/pdf");

	@EventListener
	@Order(1)
	void check(TusUploadCompletedEvent event) throws IOException {
		try (InputStream content = event.resource().getInputStream()) {
			String type = this.tika.detect(content, event.upload().metadata().safeFilename());
			if (!this.taken.contains(type)) {
				throw new UploadRejectedException(415, "A file of type " + type + " is not taken");
			}
		}
	}

}
