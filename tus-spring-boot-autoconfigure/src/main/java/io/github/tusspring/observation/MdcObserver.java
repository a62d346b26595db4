package io.github.tusspring.observation;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadObserver;
import org.slf4j.MDC;

/**
 * Names the upload in the log: {@code tus.upload} in the diagnostic context has the id,
 * while a thread works for it. An id has letters, digits, dots, hyphens and underscores
 * only, so it can't break a line.
 */
public final class MdcObserver implements UploadObserver {

	/**
	 * The key.
	 */
	public static final String KEY = "tus.upload";

	@Override
	public boolean observesCalls() {
		return false;
	}

	@Override
	public Scope working(UploadId id) {
		String before = MDC.get(KEY);
		MDC.put(KEY, id.toString());
		return () -> {
			if (before != null) {
				MDC.put(KEY, before);
			}
			else {
				MDC.remove(KEY);
			}
		};
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		return new AppendObserver() {

			@Override
			public Scope openScope() {
				return working(upload.id());
			}

		};
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		return new DeliveryObserver() {

			@Override
			public Scope openScope() {
				return working(upload.id());
			}

		};
	}

}
