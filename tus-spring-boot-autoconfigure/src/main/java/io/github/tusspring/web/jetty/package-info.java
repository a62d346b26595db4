/**
 * What the servlet API can't do, on Jetty.
 */
@NullMarked
package io.github.tusspring.web.jetty;

import org.jspecify.annotations.NullMarked;
