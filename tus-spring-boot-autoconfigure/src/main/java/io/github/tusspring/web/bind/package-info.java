/**
 * Gives handler methods of Spring MVC the uploads that they ask for as arguments.
 */
@NullMarked
package io.github.tusspring.web.bind;

import org.jspecify.annotations.NullMarked;
