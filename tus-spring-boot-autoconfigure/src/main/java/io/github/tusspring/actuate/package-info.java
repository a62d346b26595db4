/**
 * What an operator sees: metrics, health and the endpoint {@code tus}. Knows the domain,
 * Micrometer and Boot's actuator. Start reading at
 * {@link io.github.tusspring.actuate.TusMeter}.
 */
@NullMarked
package io.github.tusspring.actuate;

import org.jspecify.annotations.NullMarked;
