/**
 * tus 1.0.0: what the headers of a request ask for, and what the headers of an answer
 * say. Pure: no input or output, no servlets. Start reading at
 * {@link io.github.tusspring.protocol.tus.TusProtocol}.
 *
 * @see <a href="https://tus.io/protocols/resumable-upload">tus resumable upload
 * protocol</a>
 */
@NullMarked
package io.github.tusspring.protocol.tus;

import org.jspecify.annotations.NullMarked;
