package io.github.tusspring.upload.event;

import io.github.tusspring.upload.Upload;

/**
 * Published when bytes of an upload were stored: at the end of each append that does not
 * finish the upload, and about once a second during a long one.
 *
 * @param upload the upload
 */
public record TusUploadProgressEvent(Upload upload) {
}
