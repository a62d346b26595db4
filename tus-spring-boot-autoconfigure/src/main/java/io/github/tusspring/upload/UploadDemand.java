package io.github.tusspring.upload;

import org.jspecify.annotations.Nullable;

/**
 * The room that an upload takes. Immutable.
 *
 * @param id the upload's id
 * @param owner whose upload it is, or {@code null}
 * @param metadata what its client says about it
 * @param bytes the number of bytes that it is going to have; as long as its length isn't
 * known, that it has with those that have just come
 */
public record UploadDemand(UploadId id, @Nullable String owner, UploadMetadata metadata, long bytes) {
}
