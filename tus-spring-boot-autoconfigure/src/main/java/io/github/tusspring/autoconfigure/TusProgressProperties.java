package io.github.tusspring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of what pages hear of uploads.
 *
 * @param enabled Whether the progress of an upload can be followed as server-sent events
 * at its URL with '/events' behind it.
 */
@ConfigurationProperties("tus.progress")
public record TusProgressProperties(@DefaultValue("false") boolean enabled) {

}
