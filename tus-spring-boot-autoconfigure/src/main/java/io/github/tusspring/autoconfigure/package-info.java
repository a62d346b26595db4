/**
 * Makes a Spring Boot application receive resumable uploads. The only package that knows
 * all others; start reading at
 * {@link io.github.tusspring.autoconfigure.TusAutoConfiguration}.
 */
@NullMarked
package io.github.tusspring.autoconfigure;

import org.jspecify.annotations.NullMarked;
