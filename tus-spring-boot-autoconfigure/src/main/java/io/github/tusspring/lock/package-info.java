/**
 * Implementations of {@link io.github.tusspring.upload.UploadLocker}.
 */
@NullMarked
package io.github.tusspring.lock;

import org.jspecify.annotations.NullMarked;
