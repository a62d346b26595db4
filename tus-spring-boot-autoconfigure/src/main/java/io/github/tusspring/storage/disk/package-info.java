/**
 * Keeps uploads in a directory, in tusd's layout: the bytes of an upload in a file with
 * its id as name, and its record beside it in a file with the suffix {@code .info}. Start
 * reading at {@link io.github.tusspring.storage.disk.DiskUploadStorage}. Knows the domain
 * alone.
 */
@NullMarked
package io.github.tusspring.storage.disk;

import org.jspecify.annotations.NullMarked;
