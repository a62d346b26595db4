package io.github.tusspring.upload.event;

import io.github.tusspring.upload.Upload;

/**
 * Published when a client has terminated an upload. Its content is gone.
 *
 * @param upload the upload
 */
public record TusUploadTerminatedEvent(Upload upload) {
}
