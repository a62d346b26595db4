package io.github.tusspring.storage.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadWriter;
import org.jspecify.annotations.Nullable;

/**
 * Appends to an upload. Bytes are gathered in memory and sent as parts while more come;
 * what is left at the end goes into a tail, an object of its own, until there are enough
 * bytes for a part. Nothing counts before the manifest says so.
 */
final class S3UploadWriter implements UploadWriter, MemoryBudget.Holder {

	/**
	 * How many parts may have been sent before the manifest names them.
	 */
	private static final int CHECKPOINT = 8;

	/**
	 * How many chunks the next write may need.
	 */
	private static final int CHUNKS_AT_ONCE = 3;

	private final S3UploadStorage storage;

	private final StoredUpload stored;

	private final Upload upload;

	private final long generation;

	private final boolean held;

	private final PartSender sender;

	/**
	 * Held while the manifest is written.
	 */
	private final ReentrantLock recording = new ReentrantLock();

	private List<ByteBuffer> chunks = new ArrayList<>();

	private final List<CompletableFuture<Manifest.Part>> parts = new ArrayList<>();

	private final List<SentTail> tails = new ArrayList<>();

	private final List<String> absorbed = new ArrayList<>();

	private int recorded;

	private int room;

	private long position;

	private volatile long filled;

	private volatile long offset;

	private @Nullable Runnable listener;

	private boolean checkpointing;

	private volatile boolean fenced;

	private boolean closed;

	S3UploadWriter(S3UploadStorage storage, StoredUpload stored, Upload upload, long generation, boolean held) {
		this.storage = storage;
		this.stored = stored;
		this.upload = upload;
		this.generation = generation;
		this.held = held;
		this.position = upload.offset();
		this.offset = upload.offset();
		this.sender = new PartSender(storage, stored, this::partSent);
		stored.manifest().tails.forEach((tail) -> this.tails.add(SentTail.stored(tail)));
		storage.budget().join(this);
	}

	@Override
	public synchronized void write(ByteBuffer bytes) throws IOException {
		checkFence();
		while (bytes.hasRemaining()) {
			this.sender.check();
			long target = target();
			if (gathered() >= target) {
				sendPart();
				continue;
			}
			ByteBuffer chunk = chunk();
			int count = (int) Math.min(Math.min(bytes.remaining(), chunk.remaining()), target - gathered());
			chunk.put(bytes.slice(bytes.position(), count));
			bytes.position(bytes.position() + count);
			this.filled += count;
			this.position += count;
			if (gathered() >= target && this.sender.isReady()) {
				sendPart();
			}
		}
	}

	private void checkFence() {
		if (this.fenced) {
			throw new UploadLockedException(this.upload.id());
		}
	}

	private long target() {
		return this.storage.sizes().target(this.upload.length(), this.position - gathered(), this.stored.nextNumber());
	}

	private long minimum() {
		return this.storage.sizes().minimum(this.upload.length(), this.position - gathered(), this.stored.nextNumber());
	}

	/**
	 * Returns how many bytes there are that are no part yet.
	 */
	private long gathered() {
		return this.filled + this.tails.stream().mapToLong(SentTail::size).sum();
	}

	private ByteBuffer chunk() {
		ByteBuffer last = this.chunks.isEmpty() ? null : this.chunks.get(this.chunks.size() - 1);
		if (last != null && last.hasRemaining()) {
			return last;
		}
		if (this.room > 0) {
			this.room--;
		}
		else {
			this.storage.budget().force(MemoryBudget.CHUNK);
		}
		ByteBuffer chunk = ByteBuffer.allocate(MemoryBudget.CHUNK);
		this.chunks.add(chunk);
		return chunk;
	}

	@Override
	public synchronized boolean hasRoom(Runnable listener) {
		if (this.fenced || this.closed || this.sender.hasFailed()) {
			return true;
		}
		if (!this.sender.isReady() && target() - gathered() < CHUNKS_AT_ONCE * MemoryBudget.CHUNK) {
			this.listener = listener;
			return false;
		}
		while (this.room < CHUNKS_AT_ONCE && this.storage.budget().take(this)) {
			this.room++;
		}
		if (this.room >= CHUNKS_AT_ONCE) {
			return true;
		}
		this.listener = listener;
		if (this.sender.isReady() && gathered() >= minimum() && !this.storage.settings().equalParts()) {
			this.storage.executor().execute(this::spill);
		}
		return false;
	}

	@Override
	public long filled() {
		return this.filled;
	}

	@Override
	public void roomIsThere() {
		Runnable listener;
		synchronized (this) {
			listener = this.listener;
			this.listener = null;
		}
		if (listener != null) {
			listener.run();
		}
	}

	@Override
	public void spill() {
		try {
			synchronized (this) {
				if (this.closed || this.fenced || this.filled == 0) {
					return;
				}
				if (gathered() >= minimum() && !this.storage.settings().equalParts()) {
					sendPart();
				}
				else {
					sendTail();
				}
			}
		}
		catch (IOException ex) {
			this.sender.fail(ex);
		}
		finally {
			this.storage.budget().spilled(this);
		}
	}

	private void partSent() {
		roomIsThere();
		synchronized (this) {
			boolean due = this.held ? this.stored.needsNumbers() : this.parts.size() - this.recorded >= CHECKPOINT;
			if (this.checkpointing || this.closed || this.fenced || !due) {
				return;
			}
			this.checkpointing = true;
		}
		this.storage.tasks().execute(this::checkpoint);
	}

	/**
	 * Writes down what has been sent, so that less is lost if this instance dies.
	 */
	private void checkpoint() {
		try {
			if (this.held) {
				this.stored.change((manifest) -> {
				});
			}
			else {
				record(false);
			}
		}
		catch (IOException | RuntimeException ex) {
			this.sender.fail(ex);
		}
		finally {
			synchronized (this) {
				this.checkpointing = false;
			}
		}
	}

	/**
	 * Sends all that is gathered as a part.
	 */
	private void sendPart() throws IOException {
		while (!this.sender.isReady()) {
			this.sender.awaitReady();
			this.sender.check();
		}
		List<SentTail> before = List.copyOf(this.tails);
		this.parts.add(this.sender.sendPart(before, takeChunks()));
		before.forEach((tail) -> this.absorbed.add(tail.name()));
		this.tails.clear();
	}

	private void sendTail() {
		List<SentTail> before = this.sender.toMerge(this.tails, this.filled);
		this.tails.removeAll(before);
		before.forEach((tail) -> this.absorbed.add(tail.name()));
		this.tails.add(this.sender.sendTail(before, takeChunks()));
	}

	private List<ByteBuffer> takeChunks() {
		List<ByteBuffer> taken = this.chunks;
		taken.forEach(ByteBuffer::flip);
		this.chunks = new ArrayList<>();
		this.filled = 0;
		return taken;
	}

	@Override
	public long offset() {
		return this.offset;
	}

	@Override
	public boolean isReadable() {
		return false;
	}

	@Override
	public synchronized void read(Consumer<ByteBuffer> consumer) throws IOException {
		if (!this.parts.isEmpty()) {
			throw new IOException("What was sent as a part can't be read");
		}
		int old = this.stored.manifest().tails.size();
		for (SentTail tail : this.tails.subList(old, this.tails.size())) {
			consumer.accept(this.storage.objects().await(this.sender.read(tail)));
		}
		this.chunks.forEach((chunk) -> consumer.accept(chunk.duplicate().flip()));
	}

	@Override
	public void commit() throws IOException {
		boolean full;
		CompletableFuture<?> announced = CompletableFuture.completedFuture(null);
		synchronized (this) {
			checkFence();
			this.sender.check();
			full = Long.valueOf(this.position).equals(this.upload.length());
			if (full) {
				announced = this.storage.announce(this.upload);
			}
			if (!full && this.position == this.offset) {
				return;
			}
			if (full && this.parts.isEmpty() && this.stored.manifest().parts.isEmpty()) {
				this.sender.keepWhole(List.copyOf(this.tails), takeChunks());
				this.tails.forEach((tail) -> this.absorbed.add(tail.name()));
				this.tails.clear();
			}
			else if (full ? gathered() > 0 : (gathered() >= minimum() && !this.storage.settings().equalParts())) {
				sendPart();
			}
			else if (this.filled > 0) {
				sendTail();
			}
		}
		this.sender.await();
		this.storage.objects().await(announced);
		record(true);
		if (full) {
			this.storage.assembly().complete(this.stored);
		}
		this.storage.discard(this.absorbed);
	}

	/**
	 * Writes the manifest.
	 * @param all whether the writer has sent everything, rather than some parts
	 */
	private void record(boolean all) throws IOException {
		this.recording.lock();
		try {
			checkFence();
			List<Manifest.Part> sent = sent();
			List<Manifest.Tail> left = left();
			long base = this.offset;
			long whole = this.sender.whole();
			if (!all && sent.isEmpty()) {
				return;
			}
			this.stored.change((manifest) -> {
				if (manifest.offset() != base) {
					throw new UploadLockedException(this.upload.id());
				}
				manifest.multipartUpload = this.sender.multipart();
				manifest.parts.addAll(sent);
				if (all || !sent.isEmpty()) {
					manifest.tails = all ? left : List.of();
				}
				if (whole >= 0) {
					manifest.stored = whole;
				}
				manifest.modified = this.storage.now();
				this.storage.beginDelivery(manifest);
			});
			synchronized (this) {
				this.recorded += sent.size();
				this.offset = this.stored.manifest().offset();
			}
		}
		finally {
			this.recording.unlock();
		}
	}

	/**
	 * Returns the parts that are there and that the manifest doesn't name.
	 */
	private synchronized List<Manifest.Part> sent() {
		List<Manifest.Part> sent = new ArrayList<>();
		for (CompletableFuture<Manifest.Part> part : this.parts.subList(this.recorded, this.parts.size())) {
			if (!part.isDone() || part.isCompletedExceptionally()) {
				break;
			}
			sent.add(part.join());
		}
		return sent;
	}

	private synchronized List<Manifest.Tail> left() {
		return this.tails.stream().map(SentTail::tail).toList();
	}

	@Override
	public void close() throws IOException {
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.closed = true;
			long unused = (long) (this.chunks.size() + this.room) * MemoryBudget.CHUNK;
			this.chunks = new ArrayList<>();
			this.filled = 0;
			this.storage.budget().release(unused);
		}
		this.storage.budget().leave(this);
		this.storage.closed(this);
		if (!this.fenced) {
			List<Manifest.Tail> stored = this.stored.manifest().tails;
			this.storage
				.discard(left().stream().filter((tail) -> !stored.contains(tail)).map(Manifest.Tail::name).toList());
		}
		roomIsThere();
	}

	/**
	 * Keeps this writer from writing any more, since a later one has come. A change that
	 * is under way has ended when this method returns.
	 */
	void fence() {
		this.fenced = true;
		this.recording.lock();
		this.recording.unlock();
	}

	long generation() {
		return this.generation;
	}

	Upload upload() {
		return this.upload;
	}

}
