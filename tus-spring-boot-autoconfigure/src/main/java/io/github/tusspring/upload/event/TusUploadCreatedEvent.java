package io.github.tusspring.upload.event;

import io.github.tusspring.upload.Upload;

/**
 * Published when an upload was created, before its first byte.
 *
 * @param upload the upload
 */
public record TusUploadCreatedEvent(Upload upload) {
}
