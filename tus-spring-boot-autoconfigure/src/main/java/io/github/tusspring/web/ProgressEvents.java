package io.github.tusspring.web;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.github.tusspring.upload.AppendOutcome;
import io.github.tusspring.upload.TusUploads;
import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadId;
import io.github.tusspring.upload.UploadObserver;
import io.github.tusspring.upload.UploadState;
import io.github.tusspring.upload.UploadStorageException;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.log.LogMessage;

/**
 * Tells clients how far uploads are, as server-sent events. What this instance receives
 * is told several times a second, what another one receives every few seconds. No client
 * takes a thread. Thread-safe.
 */
public final class ProgressEvents implements UploadObserver {

	private static final Log logger = LogFactory.getLog(ProgressEvents.class);

	private static final long KEEP_ALIVE = Duration.ofSeconds(15).toNanos();

	private final Map<UploadId, Watched> watched = new ConcurrentHashMap<>();

	private final Map<UploadId, Receiving> receiving = new ConcurrentHashMap<>();

	/**
	 * Sends a client what happens to an upload, from now on.
	 */
	void watch(Upload upload, HttpServletRequest request, HttpServletResponse response) throws IOException {
		response.setContentType("text/event-stream;charset=UTF-8");
		response.setHeader("Cache-Control", "no-store");
		response.setHeader("X-Accel-Buffering", "no");
		AsyncContext context = request.startAsync(request, response);
		context.setTimeout(0);
		ProgressStream stream = new ProgressStream(context, (ended) -> forget(upload.id(), ended));
		Watched uploads = this.watched.compute(upload.id(), (id, existing) -> {
			Watched entry = (existing != null) ? existing : new Watched(upload);
			entry.streams.add(stream);
			return entry;
		});
		stream.start();
		Receiving running = this.receiving.get(upload.id());
		Upload now = (running != null) ? upload.withOffset(running.position) : upload;
		String event = uploads.delivering ? "delivering" : event(now);
		stream.send(lines(event, now.offset(), now.length()), isLast(event));
	}

	private void forget(UploadId id, ProgressStream stream) {
		this.watched.computeIfPresent(id, (key, existing) -> {
			existing.streams.remove(stream);
			return existing.streams.isEmpty() ? null : existing;
		});
	}

	private static String event(Upload upload) {
		return switch (upload.state()) {
			case COMPLETED -> "completed";
			case REJECTED -> "rejected";
			case FINISHING -> "delivering";
			case RECEIVING -> "progress";
		};
	}

	private static boolean isLast(String event) {
		return !event.equals("progress") && !event.equals("delivering");
	}

	private static String lines(String event, long offset, @Nullable Long length) {
		return "event: " + event + "\ndata: {\"offset\":" + offset + ",\"length\":" + length + "}\n\n";
	}

	/**
	 * Tells what has come since the last call. To be called several times a second.
	 */
	public void tell() {
		long now = System.nanoTime();
		this.watched.forEach((id, uploads) -> {
			Receiving running = this.receiving.get(id);
			if (running != null && !uploads.delivering) {
				uploads.progress(running.position, running.length);
			}
			if (now - uploads.told > KEEP_ALIVE) {
				uploads.keepAlive();
			}
		});
	}

	/**
	 * Looks at what this instance doesn't receive. To be called every few seconds.
	 * @param uploads gives access to the uploads
	 */
	public void look(TusUploads uploads) {
		this.watched.forEach((id, watching) -> {
			if (this.receiving.containsKey(id)) {
				return;
			}
			try {
				Optional<Upload> found = uploads.find(id);
				if (found.isEmpty()) {
					watching.send("terminated", watching.offset, watching.length);
				}
				else if (found.get().state() == UploadState.RECEIVING) {
					watching.progress(found.get().offset(), found.get().length());
				}
				else {
					tell(found.get(), event(found.get()));
				}
			}
			catch (UploadStorageException ex) {
				logger.debug(LogMessage.format("Progress of upload '%s' can't be told now: %s", id, ex));
			}
		});
	}

	/**
	 * Ends all streams: their clients may come back.
	 */
	public void stop() {
		this.watched.values().forEach((uploads) -> uploads.streams.forEach(ProgressStream::end));
	}

	private void tell(Upload upload, String event) {
		Watched uploads = this.watched.get(upload.id());
		if (uploads != null) {
			uploads.delivering = event.equals("delivering");
			uploads.send(event, upload.offset(), upload.length());
		}
	}

	@Override
	public boolean observesCalls() {
		return false;
	}

	@Override
	public AppendObserver appendBegan(Upload upload) {
		Receiving append = new Receiving(upload);
		this.receiving.put(upload.id(), append);
		return append;
	}

	@Override
	public DeliveryObserver deliveryBegan(Upload upload) {
		tell(upload, "delivering");
		return new DeliveryObserver() {

			@Override
			public void ended(Upload delivered, @Nullable Throwable failure) {
				if (delivered.state() != UploadState.FINISHING) {
					tell(delivered, event(delivered));
				}
			}

		};
	}

	@Override
	public void terminated(Upload upload) {
		tell(upload, "terminated");
	}

	@Override
	public void expired(Upload upload) {
		tell(upload, "expired");
	}

	/**
	 * An append to this instance.
	 */
	private final class Receiving implements AppendObserver {

		private final UploadId id;

		private final @Nullable Long length;

		private volatile long position;

		private Receiving(Upload upload) {
			this.id = upload.id();
			this.length = upload.length();
			this.position = upload.offset();
		}

		@Override
		@SuppressWarnings("NonAtomicOperationOnVolatileField")
		public void received(int count) {
			// There is one writer only.
			this.position = this.position + count;
		}

		@Override
		public void ended(AppendOutcome outcome) {
			ProgressEvents.this.receiving.remove(this.id, this);
			Watched uploads = ProgressEvents.this.watched.get(this.id);
			if (uploads != null && outcome == AppendOutcome.COMPLETED) {
				uploads.progress(this.position, this.length);
			}
		}

	}

	/**
	 * An upload that clients watch.
	 */
	private static final class Watched {

		private final Set<ProgressStream> streams = ConcurrentHashMap.newKeySet();

		private volatile long offset;

		private volatile @Nullable Long length;

		private volatile boolean delivering;

		private volatile long told = System.nanoTime();

		private Watched(Upload upload) {
			this.offset = upload.offset();
			this.length = upload.length();
		}

		private void progress(long offset, @Nullable Long length) {
			if (offset != this.offset) {
				send("progress", offset, length);
			}
		}

		private void send(String event, long offset, @Nullable Long length) {
			this.offset = offset;
			this.length = length;
			this.told = System.nanoTime();
			String lines = lines(event, offset, length);
			this.streams.forEach((stream) -> stream.send(lines, isLast(event)));
		}

		private void keepAlive() {
			this.told = System.nanoTime();
			this.streams.forEach((stream) -> stream.send(": still there\n\n", false));
		}

	}

}
