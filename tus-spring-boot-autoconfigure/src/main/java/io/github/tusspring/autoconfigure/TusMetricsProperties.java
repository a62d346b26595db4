package io.github.tusspring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the meters.
 *
 * @param enabled Whether uploads are counted and timed, if there is a meter registry.
 */
@ConfigurationProperties("tus.metrics")
public record TusMetricsProperties(@DefaultValue("true") boolean enabled) {

}
