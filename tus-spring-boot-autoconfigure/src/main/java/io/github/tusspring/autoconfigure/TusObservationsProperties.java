package io.github.tusspring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of observations.
 *
 * @param enabled Whether appends, deliveries and calls of the storage are observed, if
 * there is an observation registry.
 */
@ConfigurationProperties("tus.observations")
public record TusObservationsProperties(@DefaultValue("true") boolean enabled) {

}
