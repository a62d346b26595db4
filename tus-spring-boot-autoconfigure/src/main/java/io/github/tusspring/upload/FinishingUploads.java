package io.github.tusspring.upload;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * The full uploads that this instance is delivering, or that wait for it to deliver them
 * again. Thread-safe.
 */
public final class FinishingUploads implements UploadObserver {

	private final Map<UploadId, Integer> attempts = new ConcurrentHashMap<>();

	/**
	 * Returns how many there are.
	 * @return the number
	 */
	public int size() {
		return this.attempts.size();
	}

	/**
	 * Returns how many have failed that often at least.
	 * @param failures the number of deliveries that have failed
	 * @return the number of uploads
	 */
	public int failing(int failures) {
		return (int) this.attempts.values().stream().filter((failed) -> failed >= failures).count();
	}

	@Override
	public void waiting(Upload upload) {
		this.attempts.putIfAbsent(upload.id(), upload.attempts());
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		this.attempts.put(upload.id(), upload.attempts() - 1);
		return new DeliveryObserver() {

			@Override
			public void ended(Upload upload, @Nullable Throwable failure) {
				if (upload.state() == UploadState.FINISHING) {
					FinishingUploads.this.attempts.replace(upload.id(), upload.attempts());
				}
				else {
					FinishingUploads.this.attempts.remove(upload.id());
				}
			}

		};
	}

	@Override
	public StorageCallObserver storageCalled(StorageOperation operation, @Nullable UploadId id) {
		if (operation != StorageOperation.DELETE || id == null || !this.attempts.containsKey(id)) {
			return StorageCallObserver.NONE;
		}
		return (failure) -> {
			if (failure == null) {
				this.attempts.remove(id);
			}
		};
	}

}
