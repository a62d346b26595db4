/**
 * Implementations of {@link io.github.tusspring.upload.UploadLocker}: within one instance
 * of the application, by {@link io.github.tusspring.lock.LocalUploadLocker}. Knows the
 * domain alone.
 */
@NullMarked
package io.github.tusspring.lock;

import org.jspecify.annotations.NullMarked;
