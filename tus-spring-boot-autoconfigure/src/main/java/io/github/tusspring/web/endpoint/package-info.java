/**
 * Makes the application's own endpoints resumable: takes the requests of tus clients
 * below an endpoint's path, and hands each full upload over to the endpoint's handler as
 * one ordinary request. Start reading at
 * {@link io.github.tusspring.web.endpoint.EndpointFilter}. Knows the domain and the web
 * adapter.
 */
@NullMarked
package io.github.tusspring.web.endpoint;

import org.jspecify.annotations.NullMarked;
