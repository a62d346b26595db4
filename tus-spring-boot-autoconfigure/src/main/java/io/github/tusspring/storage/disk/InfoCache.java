package io.github.tusspring.storage.disk;

import java.util.LinkedHashMap;
import java.util.Map;

import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the records of the uploads that were used last. Thread-safe.
 */
final class InfoCache {

	private static final int LIMIT = 8192;

	private final Map<UploadId, UploadInfo> infos = new LinkedHashMap<>(16, 0.75f, true) {

		@Override
		protected boolean removeEldestEntry(Map.Entry<UploadId, UploadInfo> eldest) {
			return size() > LIMIT;
		}

	};

	@Nullable UploadInfo get(UploadId id) {
		synchronized (this.infos) {
			return this.infos.get(id);
		}
	}

	void put(UploadInfo info) {
		synchronized (this.infos) {
			this.infos.put(info.id(), info);
		}
	}

	void remove(UploadId id) {
		synchronized (this.infos) {
			this.infos.remove(id);
		}
	}

}
