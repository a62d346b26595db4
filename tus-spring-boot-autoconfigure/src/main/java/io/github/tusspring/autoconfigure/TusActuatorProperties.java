package io.github.tusspring.autoconfigure;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of the actuator's endpoint {@code tus}.
 *
 * @param showValues When to show what clients say of their uploads.
 * @param roles Roles of those who may see it, where it is shown to those who are
 * authorized. All who are authenticated if not set.
 */
@ConfigurationProperties("management.endpoint.tus")
public record TusActuatorProperties(@DefaultValue("never") Show showValues, @DefaultValue Set<String> roles) {

}
