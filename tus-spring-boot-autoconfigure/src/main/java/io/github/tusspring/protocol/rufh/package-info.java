/**
 * Resumable Uploads for HTTP, the draft of the IETF's HTTP working group, in the versions
 * that clients speak: what the headers of a request ask for, and what the headers of an
 * answer say. Pure: no input or output, no servlets. Start reading at
 * {@link io.github.tusspring.protocol.rufh.RufhProtocol}; what differs by version is in
 * {@link io.github.tusspring.protocol.rufh.InteropVersion}.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpbis-resumable-upload/">
 * Resumable Uploads for HTTP</a>
 */
@NullMarked
package io.github.tusspring.protocol.rufh;

import org.jspecify.annotations.NullMarked;
