/**
 * The domain of resumable uploads: what an {@link io.github.tusspring.upload.Upload} is,
 * the {@link io.github.tusspring.upload.UploadService} that owns every rule about it, and
 * the interfaces that storages and lockers implement. Knows the JDK, JSpecify and
 * Spring's core and context modules only: nothing of HTTP, servlets or Boot. Applications
 * start reading at {@link io.github.tusspring.upload.TusUploads}, implementors at
 * {@link io.github.tusspring.upload.UploadStorage}.
 */
@NullMarked
package io.github.tusspring.upload;

import org.jspecify.annotations.NullMarked;
