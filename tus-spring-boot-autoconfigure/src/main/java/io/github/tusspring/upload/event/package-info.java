/**
 * What happens to uploads, as application events. An application's way in is
 * {@link io.github.tusspring.upload.event.TusUploadCompletedEvent}.
 */
@NullMarked
package io.github.tusspring.upload.event;

import org.jspecify.annotations.NullMarked;
