package io.github.tusspring.upload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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
	 * @throws InsufficientStorageException if there is no room
	 * @throws IOException if the storage fails
	 */
	Upload create(NewUpload upload) throws IOException;

	/**
	 * Finds an upload.
	 * @param id the upload's id
	 * @return the upload with its true offset, or {@code null} if there is none
	 * @throws IOException if the storage fails
	 */
	@Nullable Upload find(UploadId id) throws IOException;

	/**
	 * Opens an upload for appending at its offset.
	 * @param upload the upload, as {@link #find} gave it under the lock
	 * @param generation the {@link UploadLock#generation() generation} of the lock: a
	 * writer of an older generation can't write any more
	 * @param held whether the bytes only count once they are committed
	 * @return a writer
	 * @throws InsufficientStorageException if there is no room
	 * @throws IOException if the storage fails
	 */
	UploadWriter append(Upload upload, long generation, boolean held) throws IOException;

	/**
	 * Stores what does not follow from the upload's bytes: length, state, attempts and
	 * answer. Before {@link UploadState#FINISHING} is stored, the bytes are made as
	 * durable as the storage promises for finished uploads.
	 * @param upload the changed upload
	 * @throws UploadNotFoundException if the upload is gone
	 * @throws IOException if the storage fails
	 */
	void update(Upload upload) throws IOException;

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
	 * Moves the content to a file of the application, atomically where the file systems
	 * can. The upload's record stays.
	 * @param upload the upload
	 * @param target the file, which may exist
	 * @throws IOException if the storage fails
	 */
	void moveContent(Upload upload, Path target) throws IOException;

	/**
	 * Removes the content. The upload's record stays.
	 * @param upload the upload
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
	 * Lists all uploads, in no order, without holding them in memory. Uploads that are
	 * created or deleted meanwhile may be listed or not.
	 * @return a stream that must be closed
	 * @throws IOException if the storage fails
	 */
	Stream<Upload> list() throws IOException;

	/**
	 * Removes what a crash may have left behind and what belongs to no upload.
	 * @throws IOException if the storage fails
	 */
	default void tidy() throws IOException {
	}

}
