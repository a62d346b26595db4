/**
 * Keeps uploads in a store that speaks S3: the bytes of an upload in an object with its
 * id as name, and its manifest beside it in an object with the suffix {@code .info}.
 * Every change of a manifest is a conditional write, so that any number of instances can
 * share a bucket without a lock. Start reading at
 * {@link io.github.tusspring.storage.s3.S3UploadStorage}. Knows the domain alone.
 */
@NullMarked
package io.github.tusspring.storage.s3;

import org.jspecify.annotations.NullMarked;
