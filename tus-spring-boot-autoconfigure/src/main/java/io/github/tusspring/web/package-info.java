/**
 * Carries the protocol over HTTP: {@link io.github.tusspring.web.UploadHandler} drives
 * the engine from any {@link io.github.tusspring.web.UploadExchange}, and the servlet
 * classes make one of a request without ever blocking a thread on a slow client. Knows
 * the protocols and the domain, no storage.
 */
@NullMarked
package io.github.tusspring.web;

import org.jspecify.annotations.NullMarked;
