package io.github.tusspring.upload.event;

import io.github.tusspring.upload.Upload;

/**
 * Published when an append ended before its body did: the connection broke, was silent
 * for too long, or a newer request took over. What had arrived is stored.
 *
 * @param upload the upload
 */
public record TusUploadInterruptedEvent(Upload upload) {
}
