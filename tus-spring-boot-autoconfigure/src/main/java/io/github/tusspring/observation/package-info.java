/**
 * Observations of appends, deliveries and calls of the storage, which become spans of a
 * trace. Knows the domain and Micrometer's observations. Start reading at
 * {@link io.github.tusspring.observation.UploadObservationConvention}.
 */
@NullMarked
package io.github.tusspring.observation;

import org.jspecify.annotations.NullMarked;
