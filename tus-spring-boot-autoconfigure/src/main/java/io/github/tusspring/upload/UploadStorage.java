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

package io.github.tusspring.upload;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.Resource;

/**
 * Keeps uploads: their bytes, and a record of each. Knows nothing of protocols, locks or
 * events. Implementations are thread-safe; operations that change one upload are only
 * called by the holder of that upload's {@link UploadLock}, reading ones by anybody at
 * any time.
 */
public interface UploadStorage {

	/**
	 * Creates an upload without bytes.
	 * @param upload what to create
	 * @return the new upload
	 * @throws UploadExistsException if there is one with this id
	 * @throws UploadTooLargeException if it is longer than the storage can ever hold
	 * @throws InsufficientStorageException if there is no room
	 * @throws IOException if the storage fails
	 */
	Upload create(NewUpload upload) throws IOException;

	/**
	 * Remembers that an id was used, whatever becomes of its upload, until a time or
	 * longer. A storage that can't do that lets an id be used again when its upload is
	 * gone.
	 * @param id an id that may be used for one upload
	 * @param until until when, to the second: always the same for one id
	 * @return {@code false} if it was used before
	 * @throws InsufficientStorageException if there is no room
	 * @throws IOException if the storage fails
	 */
	default boolean use(UploadId id, Instant until) throws IOException {
		return true;
	}

	/**
	 * Lets an id be used again: there has never been an upload that its client heard of.
	 * @param id the id
	 * @param until until when its use would be remembered
	 * @throws IOException if the storage fails
	 */
	default void giveBack(UploadId id, Instant until) throws IOException {
	}

	/**
	 * Finds an upload.
	 * @param id the upload's id
	 * @return the upload with its true offset, or {@code null} if there is none
	 * @throws IOException if the storage fails
	 */
	@Nullable Upload find(UploadId id) throws IOException;

	/**
	 * Finds an upload of which no more is wanted than to see it: a storage that remembers
	 * what it has found need not remember this.
	 * @param id the upload's id
	 * @return the upload with its true offset, or {@code null} if there is none
	 * @throws IOException if the storage fails
	 */
	default @Nullable Upload look(UploadId id) throws IOException {
		return find(id);
	}

	/**
	 * Finds an upload as this instance of the application knows it, which may be out of
	 * date where other instances share the storage: whoever refuses something because of
	 * it has to {@link #find find} it first.
	 * @param id the upload's id
	 * @return the upload, or {@code null} if there is none
	 * @throws IOException if the storage fails
	 */
	default @Nullable Upload recall(UploadId id) throws IOException {
		return find(id);
	}

	/**
	 * Whether to {@link #recall recall} an upload costs less than to {@link #find find}
	 * it, since this instance of the application has changed it last.
	 * @param id the upload's id
	 * @return {@code true} if the record need not be read
	 */
	default boolean remembers(UploadId id) {
		return false;
	}

	/**
	 * Opens an upload for appending at its offset.
	 * @param upload the upload, as {@link #find} gave it under the lock
	 * @param generation the {@link UploadLock#generation() generation} of the lock: a
	 * writer of an older generation can't write any more
	 * @param held whether the bytes only count once they are committed
	 * @return a writer
	 * @throws UploadTooLargeException if the upload is longer than the storage can ever
	 * hold
	 * @throws InsufficientStorageException if there is no room
	 * @throws IOException if the storage fails
	 */
	UploadWriter append(Upload upload, long generation, boolean held) throws IOException;

	/**
	 * Stores what does not follow from the upload's bytes: length, state, attempts and
	 * answer. Before {@link UploadState#FINISHING} is stored, the bytes are made as
	 * durable as the storage promises for finished uploads, and it is made sure that they
	 * are exactly as many as were promised.
	 * @param upload the changed upload
	 * @throws UploadNotFoundException if the upload is gone, or its content before the
	 * first attempt to deliver it
	 * @throws IOException if the storage fails, or has other bytes than were promised
	 */
	void update(Upload upload) throws IOException;

	/**
	 * Called before a client is told how far its upload has come, by a request that adds
	 * nothing to it: a process that was killed, or another instance of the application,
	 * may have written bytes that are not yet as durable as those of an append that was
	 * {@link UploadWriter#commit committed}.
	 * @param upload the upload
	 * @throws IOException if the storage fails
	 */
	default void secure(Upload upload) throws IOException {
	}

	/**
	 * Gives a final upload the content of its parts.
	 * @param upload the final upload, which has no content yet
	 * @param parts the full partial uploads in their order
	 * @return the final upload with its length and offset
	 * @throws InsufficientStorageException if there is no room; the final upload then has
	 * no content
	 * @throws IOException if the storage fails
	 */
	Upload concatenate(Upload upload, List<Upload> parts) throws IOException;

	/**
	 * Returns the content of a finished upload.
	 * @param upload the upload, not a partial one
	 * @return a resource that can be read any number of times
	 */
	Resource content(Upload upload);

	/**
	 * Whether there is content: not of an upload whose content was moved or deleted.
	 * @param upload the upload
	 * @return {@code true} if its bytes are there
	 */
	boolean hasContent(Upload upload);

	/**
	 * Returns where the content lies, if it lies in a file.
	 * @param upload the upload, not a partial one
	 * @return the path, or {@code null} for a storage without files
	 */
	default @Nullable Path path(Upload upload) {
		return null;
	}

	/**
	 * Returns a URL from which whoever has it can download the content without asking
	 * this application.
	 * @param upload the upload, not a partial one
	 * @param time how long the URL may be used
	 * @return the URL, or {@code null} for a storage that gives nothing to others
	 * @throws IOException if the storage fails
	 */
	default @Nullable URI downloadUrl(Upload upload, Duration time) throws IOException {
		return null;
	}

	/**
	 * Moves the content to a file of the application, atomically where the file systems
	 * can. The upload's record stays.
	 * @param upload the upload
	 * @param target the file, which may exist
	 * @throws UploadLockedException if another instance of the application delivers the
	 * upload, and could not go on without it
	 * @throws IOException if the storage fails
	 */
	void moveContent(Upload upload, Path target) throws IOException;

	/**
	 * Removes the content. The upload's record stays.
	 * @param upload the upload
	 * @throws UploadLockedException if another instance of the application delivers the
	 * upload, and could not go on without it
	 * @throws IOException if the storage fails
	 */
	void deleteContent(Upload upload) throws IOException;

	/**
	 * Removes an upload with all that belongs to it.
	 * @param id the upload's id
	 * @return whether there was such an upload
	 * @throws IOException if the storage fails
	 */
	boolean delete(UploadId id) throws IOException;

	/**
	 * Removes an upload with all that belongs to it.
	 * @param upload the upload, as it was found: one that has changed since may be left
	 * alone
	 * @return whether there was such an upload
	 * @throws UploadLockedException if another instance of the application has changed it
	 * @throws IOException if the storage fails
	 */
	default boolean delete(Upload upload) throws IOException {
		return delete(upload.id());
	}

	/**
	 * Says that this instance of the application still delivers an upload. Called every
	 * now and then between the two {@link #update updates} of a delivery, so that no
	 * other instance begins one.
	 * @param upload the upload
	 * @throws UploadLockedException if another instance has taken it
	 * @throws IOException if the storage fails
	 */
	default void renew(Upload upload) throws IOException {
	}

	/**
	 * Says that the delivery of an upload has failed, so that another instance of the
	 * application may begin the next one.
	 * @param upload the upload
	 * @param next when the delivery is to be made again
	 * @throws IOException if the storage fails
	 */
	default void release(Upload upload, Instant next) throws IOException {
	}

	/**
	 * Notes for all instances of the application that a final upload waits for one of its
	 * parts, and looks at that part once more: it may have become full before it was
	 * noted. What is noted need not be {@link #unsettled unsettled} any more, since
	 * whoever fills the part {@link #filled finds} it. A {@link #isRemote remote} storage
	 * that notes nothing, as this method doesn't, has to list it as unsettled: it is gone
	 * on with when that is looked at next, every few seconds.
	 * @param upload the final upload, which has no content yet
	 * @param part a part that was not full
	 * @return {@code false} if it need not wait for the part, which is full or gone by
	 * now
	 * @throws IOException if the storage fails
	 */
	default boolean awaitPart(Upload upload, UploadId part) throws IOException {
		Upload found = find(part);
		return found != null && !found.isFull();
	}

	/**
	 * Lists the final uploads of which was noted that they {@link #awaitPart wait} for a
	 * part. Each is {@link #unsettled unsettled} again before it comes, and the part is
	 * so no more when all of them have come. When a part is deleted, what was noted to
	 * wait for it is to be unsettled again, too: it can't be made any more.
	 * @param part a partial upload that is full
	 * @return a stream that must be closed
	 * @throws IOException if the storage fails
	 */
	default Stream<UploadId> filled(UploadId part) throws IOException {
		return Stream.empty();
	}

	/**
	 * Lists the uploads that something may have to be done with though no client asks for
	 * it: full ones that are not delivered, final ones that wait for their parts unless
	 * that is {@link #awaitPart noted} elsewhere, and full partial ones until those that
	 * wait for them were {@link #filled listed}. May list others as well.
	 * @return a stream that must be closed
	 * @throws IOException if the storage fails
	 */
	default Stream<Upload> unsettled() throws IOException {
		return list();
	}

	/**
	 * Whether the storage is another machine, which other instances of the application
	 * may share: it is asked on threads that aren't the server's, and what is
	 * {@link #unsettled unsettled} is looked for every now and then.
	 * @return {@code true} if calls may take long
	 */
	default boolean isRemote() {
		return false;
	}

	/**
	 * Says that unfinished uploads are going to be counted, so that from now on the
	 * storage notes for all instances of the application which ones there are. Called
	 * before any upload is created.
	 * @return whether it does: {@link #unfinished} then reads no other uploads
	 */
	default boolean noteUnfinished() {
		return false;
	}

	/**
	 * Lists the uploads that are not full. May list others as well, if it doesn't
	 * {@link #noteUnfinished note} them.
	 * @param interest is asked which of them are of interest, in the thread that goes
	 * through the stream
	 * @return a stream that must be closed, perhaps with uploads of no interest
	 * @throws IOException if the storage fails
	 */
	default Stream<Upload> unfinished(Predicate<UploadId> interest) throws IOException {
		return list();
	}

	/**
	 * Says that a pass through all uploads is going to begin, unless another instance of
	 * the application has begun one within the last nine tenths of the interval: of all
	 * that share the storage, one makes the pass.
	 * @param interval the time between two passes
	 * @return whether to begin one
	 * @throws IOException if the storage fails
	 */
	default boolean beginPass(Duration interval) throws IOException {
		return true;
	}

	/**
	 * Lists all uploads, in no order, without holding them in memory. Uploads that are
	 * created or deleted meanwhile may be listed or not.
	 * @return a stream that must be closed
	 * @throws IOException if the storage fails
	 */
	Stream<Upload> list() throws IOException;

	/**
	 * Lists the ids of all uploads, as {@link #list()} lists these. A storage that knows
	 * them without reading records does so.
	 * @return a stream that must be closed, perhaps with ids of what can't be read
	 * @throws IOException if the storage fails
	 */
	default Stream<UploadId> ids() throws IOException {
		return list().map(Upload::id);
	}

	/**
	 * Lists the uploads that are of interest, as {@link #list()} does. A storage for
	 * which it costs something to read a record asks before it does.
	 * @param interest is asked by the id and the time of the record's last change, in the
	 * thread that goes through the stream
	 * @return a stream that must be closed, perhaps with uploads of no interest
	 * @throws IOException if the storage fails
	 */
	default Stream<Upload> list(BiPredicate<UploadId, Instant> interest) throws IOException {
		return list();
	}

	/**
	 * Checks that uploads can be taken: that the storage can be reached and written to.
	 * May be called every second.
	 * @throws InsufficientStorageException if there is no room
	 * @throws IOException if the storage fails
	 */
	default void check() throws IOException {
	}

	/**
	 * Returns how much room there is.
	 * @return the number of bytes, or -1 if there is no limit that is known
	 * @throws IOException if the storage fails
	 */
	default long freeSpace() throws IOException {
		return -1;
	}

	/**
	 * Returns how much memory is used for bytes that are under way.
	 * @return the number of bytes, or -1 if the storage keeps none
	 */
	default long memoryUsed() {
		return -1;
	}

	/**
	 * Names who hears of uploads that the storage has lost: of those of which bytes are
	 * gone that counted already, so that nobody can go on with them. They are removed,
	 * and each is told of once, by the instance of the application that finds it out.
	 * @param listener takes the upload as it was last; called by any thread, which must
	 * not have to wait
	 */
	default void whenLost(Consumer<Upload> listener) {
	}

	/**
	 * Removes what a crash may have left behind and what belongs to no upload.
	 * @throws IOException if the storage fails
	 */
	default void tidy() throws IOException {
	}

}
