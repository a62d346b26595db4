/**
 * Uploads in the tests of an application. Start reading at
 * {@link io.github.tusspring.test.autoconfigure.AutoConfigureTus}.
 */
@NullMarked
package io.github.tusspring.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
