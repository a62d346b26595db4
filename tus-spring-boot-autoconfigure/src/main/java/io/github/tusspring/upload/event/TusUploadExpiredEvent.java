package io.github.tusspring.upload.event;

import io.github.tusspring.upload.Upload;

/**
 * Published when an upload has expired and was removed. Its content is gone.
 *
 * @param upload the upload
 */
public record TusUploadExpiredEvent(Upload upload) {
}
