package io.github.tusspring.storage.disk;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

import io.github.tusspring.upload.Concatenation;
import io.github.tusspring.upload.UploadId;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the records of the uploads that were used last, within a limit of their number
 * and of what clients wrote into them. Thread-safe.
 */
final class InfoCache {

	private static final int LIMIT = 8192;

	/**
	 * The limit of all metadata and addresses together, in characters.
	 */
	private static final long TEXT_LIMIT = 8 * 1024 * 1024;

	private final Map<UploadId, UploadInfo> infos = new LinkedHashMap<>(16, 0.75f, true);

	private long text;

	@Nullable UploadInfo get(UploadId id) {
		synchronized (this.infos) {
			return this.infos.get(id);
		}
	}

	void put(UploadInfo info) {
		synchronized (this.infos) {
			this.text += text(info) - text(this.infos.put(info.id(), info));
			Iterator<UploadInfo> eldest = this.infos.values().iterator();
			while (this.infos.size() > LIMIT || this.text > TEXT_LIMIT) {
				this.text -= text(eldest.next());
				eldest.remove();
			}
		}
	}

	void remove(UploadId id) {
		synchronized (this.infos) {
			this.text -= text(this.infos.remove(id));
		}
	}

	private static int text(@Nullable UploadInfo info) {
		if (info == null) {
			return 0;
		}
		int answer = (info.answer() != null) ? info.answer().body().length : 0;
		int urls = (info.asked().concatenation() instanceof Concatenation.Final concatenation)
				? concatenation.urls().length() : 0;
		return info.asked().metadata().header().length() + urls + answer;
	}

}
