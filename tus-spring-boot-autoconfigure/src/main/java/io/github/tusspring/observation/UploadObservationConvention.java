package io.github.tusspring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Says how observations of uploads are called and which keys they have. A bean of this
 * type takes the place of {@link DefaultUploadObservationConvention}.
 */
public interface UploadObservationConvention extends ObservationConvention<UploadObservationContext> {

	@Override
	default boolean supportsContext(Observation.Context context) {
		return context instanceof UploadObservationContext;
	}

}
