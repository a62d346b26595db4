/**
 * What the servlet API can't do, on Tomcat.
 */
@NullMarked
package io.github.tusspring.web.tomcat;

import org.jspecify.annotations.NullMarked;
