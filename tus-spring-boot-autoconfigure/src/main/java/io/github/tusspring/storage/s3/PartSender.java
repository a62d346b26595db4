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

package io.github.tusspring.storage.s3;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

import io.github.tusspring.upload.UploadLockedException;
import io.github.tusspring.upload.UploadTooLargeException;
import io.github.tusspring.upload.UploadUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the parts and tails of one append. Memory goes back to the budget when what it
 * held has been sent.
 */
final class PartSender {

	/**
	 * How many tails an upload may have before small ones are put together.
	 */
	private static final int TAILS = 24;

	/**
	 * How long tails wait for the memory to be read into. Longer than this no client, and
	 * no proxy before it, waits for an answer.
	 */
	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final List<CompletableFuture<?>> requests = new ArrayList<>();

	/**
	 * What waits for memory, or has waited.
	 */
	private final List<CompletableFuture<?>> turns = new ArrayList<>();

	private final S3UploadStorage storage;

	private final StoredUpload stored;

	private final Runnable onSent;

	private @Nullable CompletableFuture<String> multipart;

	/**
	 * The multipart upload, if it was begun here.
	 */
	private @Nullable CompletableFuture<String> begun;

	private @Nullable Content whole;

	private volatile long wholeSize = -1;

	private int sending;

	private volatile @Nullable Throwable failure;

	/**
	 * Creates a sender.
	 * @param storage knows the store
	 * @param stored the upload
	 * @param onSent called when something was sent, on a thread that may wait
	 */
	PartSender(S3UploadStorage storage, StoredUpload stored, Runnable onSent) {
		this.storage = storage;
		this.stored = stored;
		this.onSent = onSent;
	}

	/**
	 * Whether another part may be sent now.
	 */
	synchronized boolean isReady() {
		return this.sending < this.storage.settings().concurrentParts();
	}

	/**
	 * Waits until another part may be sent.
	 */
	synchronized void awaitReady() throws IOException {
		try {
			while (!isReady()) {
				wait();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UploadUnavailableException("Interrupted while waiting for the store", ex);
		}
	}

	boolean hasFailed() {
		return this.failure != null;
	}

	void fail(Throwable failure) {
		this.failure = failure;
	}

	/**
	 * Fails if something could not be sent.
	 */
	void check() throws IOException {
		Throwable failure = this.failure;
		if (failure instanceof RuntimeException ex && !(ex instanceof CompletionException)) {
			throw ex;
		}
		if (failure != null) {
			throw explain(failure);
		}
	}

	/**
	 * Says why something could not be sent. Where another instance has deleted the upload
	 * or gone on with it, or the store has lost it, its multipart upload is gone: a store
	 * says so, or closes the connection while the part is on its way.
	 */
	private IOException explain(Throwable failure) throws IOException {
		if (StoreFailures.unwrap(failure) instanceof UploadLockedException ex) {
			throw ex;
		}
		if (StoreFailures.isSilence(failure)) {
			return this.storage.failures().translate(failure);
		}
		Manifest manifest = this.stored.checkIsOurs();
		IOException translated = this.storage.failures().translate(failure);
		// That of a full upload may have ended since it was put together.
		if (StoreFailures.isNoSuchUpload(translated) && !manifest.isFull() && manifest.multipartUpload != null
				&& manifest.multipartUpload.equals(multipart())) {
			throw this.storage.lost(this.stored, manifest);
		}
		return translated;
	}

	/**
	 * Sends a part.
	 * @param number its number
	 * @param tails what comes first in it
	 * @param chunks what comes then, in memory
	 */
	CompletableFuture<Manifest.Part> sendPart(int number, List<SentTail> tails, List<ByteBuffer> chunks) {
		CompletableFuture<String> multipart = openMultipart();
		Manifest manifest = this.stored.manifest();
		S3Location location = this.storage.location(manifest);
		long size = size(tails, chunks);
		Content content = content(tails, chunks);
		CompletableFuture<MemoryBody> body = content.bytes().thenApply(MemoryBody::new);
		return send(content, body, multipart
			// Not here: to sign a part takes a while.
			.thenCombineAsync(body,
					(upload, bytes) -> this.storage.objects()
						.part(this.storage.bucket(location), location.key(), upload, number, size, bytes),
					this.storage.signers())
			.thenCompose((part) -> part));
	}

	/**
	 * Takes the number of the next part. As long as there is none, memory stays where it
	 * is.
	 */
	int number() throws IOException {
		int number = this.stored.takeNumber();
		if (number > this.storage.settings().maxParts()) {
			throw new UploadTooLargeException("There are too many parts");
		}
		return number;
	}

	private synchronized CompletableFuture<String> openMultipart() {
		String known = this.stored.manifest().multipartUpload;
		if (this.multipart == null && known != null) {
			this.multipart = CompletableFuture.completedFuture(known);
		}
		else if (this.multipart == null) {
			this.begun = this.storage.assembly().begin(this.stored.manifest());
			this.multipart = this.begun;
		}
		return this.multipart;
	}

	/**
	 * Aborts the multipart upload that was begun here and that no manifest names, as soon
	 * as nothing is being sent to it.
	 */
	synchronized void abandon() {
		CompletableFuture<String> begun = this.begun;
		if (begun == null) {
			return;
		}
		S3Objects objects = this.storage.objects();
		S3Location location = this.storage.location(this.stored.manifest());
		objects.discard(CompletableFuture.allOf(this.requests.toArray(CompletableFuture[]::new))
			.handle((all, ex) -> begun)
			.thenCompose((multipart) -> multipart)
			.thenCompose((id) -> objects.abort(this.storage.bucket(location), location.key(), id)));
	}

	/**
	 * Returns the multipart upload, if there is one.
	 */
	synchronized @Nullable String multipart() {
		boolean open = this.multipart != null && this.multipart.isDone() && !this.multipart.isCompletedExceptionally();
		return open ? this.multipart.join() : this.stored.manifest().multipartUpload;
	}

	/**
	 * Sends a tail.
	 * @param tails what comes first in it
	 * @param chunks what comes then, in memory
	 */
	SentTail sendTail(List<SentTail> tails, List<ByteBuffer> chunks) {
		Manifest manifest = this.stored.manifest();
		Manifest.Tail tail = new Manifest.Tail(SentTail.newName(manifest), size(tails, chunks));
		Content content = content(tails, chunks);
		CompletableFuture<MemoryBody> body = content.bytes().thenApply(MemoryBody::new);
		CompletableFuture<String> sent = body.thenCompose((bytes) -> this.storage.objects()
			.create(this.storage.settings().bucket(), this.storage.key(tail.name()), bytes, false));
		return new SentTail(tail, send(content, body, sent));
	}

	/**
	 * Returns the last tails, which are to be put together with a new one of the given
	 * size: none as long as there are few.
	 */
	List<SentTail> toMerge(List<SentTail> tails, long size) {
		List<SentTail> merged = new ArrayList<>();
		long total = size;
		for (int i = tails.size() - 1; i >= TAILS && tails.get(i).size() <= total; i--) {
			merged.add(0, tails.get(i));
			total += tails.get(i).size();
		}
		return merged;
	}

	/**
	 * Keeps all of an upload, which is put into the store as it is by {@link #await}.
	 */
	void keepWhole(List<SentTail> tails, List<ByteBuffer> chunks) {
		this.wholeSize = size(tails, chunks);
		this.whole = content(tails, chunks);
	}

	/**
	 * Returns the size of the upload, if all of it was put into the store at once.
	 */
	long whole() {
		return this.wholeSize;
	}

	/**
	 * Waits until all has been sent.
	 * @param check refuses if the upload isn't any more what all this was sent for
	 */
	void await(StoredUpload.Change check) throws IOException {
		Content whole = this.whole;
		try {
			awaitAll(whole, check);
		}
		finally {
			if (whole != null) {
				releaseWhenRead(whole);
			}
		}
	}

	private void releaseWhenRead(Content content) {
		content.bytes().whenComplete((bytes, ex) -> content.release(this.storage.budget()));
	}

	private void awaitAll(@Nullable Content whole, StoredUpload.Change check) throws IOException {
		List<CompletableFuture<?>> requests;
		synchronized (this) {
			requests = List.copyOf(this.requests);
		}
		for (CompletableFuture<?> request : requests) {
			awaitSent(request);
		}
		if (whole != null) {
			// What comes first may have been read from tails that another instance has
			// removed.
			this.storage.assembly().put(this.stored, awaitSent(whole.bytes()), check);
		}
		check();
	}

	private <T> T awaitSent(CompletableFuture<T> request) throws IOException {
		try {
			return request.get();
		}
		catch (ExecutionException ex) {
			throw explain(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new UploadUnavailableException("Interrupted while waiting for the store", ex);
		}
	}

	/**
	 * Reads a tail, in its turn.
	 */
	void read(SentTail tail, Consumer<ByteBuffer> consumer) throws IOException {
		Content content = content(List.of(tail), List.of());
		try {
			awaitSent(content.bytes()).forEach(consumer);
		}
		finally {
			releaseWhenRead(content);
		}
	}

	private CompletableFuture<ByteBuffer> read(SentTail tail) {
		return tail.sent()
			.thenCompose((sent) -> this.storage.objects()
				.get(this.storage.settings().bucket(), this.storage.key(tail.name()), null, null))
			.thenApply((bytes) -> bytes.asByteBuffer());
	}

	/**
	 * Tells the budget what is going to be sent, and reads what isn't in memory in its
	 * turn.
	 */
	private Content content(List<SentTail> tails, List<ByteBuffer> chunks) {
		this.storage.budget().send(memory(chunks));
		if (tails.isEmpty()) {
			CompletableFuture<Void> now = CompletableFuture.completedFuture(null);
			return new Content(now, 0, chunks, CompletableFuture.completedFuture(chunks));
		}
		long read = size(tails, List.of());
		CompletableFuture<Void> turn = awaitTurn(read);
		// Not here: who has ended another turn must not be kept.
		CompletableFuture<List<ByteBuffer>> bytes = turn.exceptionally(PartSender::noTurn)
			.thenComposeAsync((begun) -> read(tails, read, chunks), this.storage.signers());
		return new Content(turn, read, chunks, bytes);
	}

	private CompletableFuture<Void> awaitTurn(long memory) {
		CompletableFuture<Void> turn = this.storage.budget().awaitTurn(memory);
		synchronized (this) {
			this.turns.removeIf(CompletableFuture::isDone);
			this.turns.add(turn);
		}
		return turn.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS);
	}

	private static Void noTurn(Throwable ex) {
		throw (ex instanceof TimeoutException)
				? new UploadUnavailableException("There has been no memory for too long to go on with the upload", ex)
				: new CompletionException(ex);
	}

	/**
	 * Has nothing wait for memory any more, since it isn't going to count.
	 */
	void giveUp() {
		List<CompletableFuture<?>> turns;
		synchronized (this) {
			turns = List.copyOf(this.turns);
		}
		turns.forEach((turn) -> turn.completeExceptionally(new UploadLockedException(this.stored.id())));
	}

	private CompletableFuture<List<ByteBuffer>> read(List<SentTail> tails, long size, List<ByteBuffer> chunks) {
		this.storage.budget().beginTurn(size);
		List<CompletableFuture<ByteBuffer>> reads = tails.stream().map(this::read).toList();
		return CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new)).thenApply((all) -> {
			List<ByteBuffer> content = new ArrayList<>();
			reads.forEach((read) -> content.add(read.join()));
			content.addAll(chunks);
			return content;
		});
	}

	private static long memory(List<ByteBuffer> chunks) {
		return (long) chunks.size() * MemoryBudget.CHUNK;
	}

	private static long size(List<SentTail> tails, List<ByteBuffer> chunks) {
		return tails.stream().mapToLong(SentTail::size).sum() + chunks.stream().mapToLong(ByteBuffer::remaining).sum();
	}

	private <T> CompletableFuture<T> send(Content content, CompletableFuture<MemoryBody> body,
			CompletableFuture<T> request) {
		MemoryBudget budget = this.storage.budget();
		synchronized (this) {
			this.sending++;
			this.requests.removeIf((other) -> other.isDone() && !other.isCompletedExceptionally());
			this.requests.add(request);
		}
		request.whenComplete((result, ex) -> {
			synchronized (this) {
				this.sending--;
				notifyAll();
			}
			if (ex != null) {
				this.failure = ex;
			}
			content.release(budget);
			if (ex == null && body.join().isReadOnce()) {
				budget.reuse(content.chunks());
			}
			this.storage.executor().execute(this.onSent);
		});
		return request;
	}

	/**
	 * What is sent at once.
	 *
	 * @param turn ends when the tails may be read
	 * @param read how many bytes of tails there are
	 * @param chunks what follows on them and is in memory already
	 * @param bytes all of it, as soon as the tails have been read
	 */
	private record Content(CompletableFuture<Void> turn, long read, List<ByteBuffer> chunks,
			CompletableFuture<List<ByteBuffer>> bytes) {

		/**
		 * Gives the memory back, when it was sent or can't be.
		 */
		void release(MemoryBudget budget) {
			budget.sent(memory(this.chunks));
			if (this.read > 0 && !this.turn.isCompletedExceptionally()) {
				budget.endTurn(this.read);
			}
		}

	}

}
