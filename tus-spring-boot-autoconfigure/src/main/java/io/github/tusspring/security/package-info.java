/**
 * Uploads and Spring Security: matchers for its filter chains, and its authorization
 * managers as those of uploads. Knows Spring Security, servlets, {@code web} and
 * {@code upload}; nothing else knows it but {@code autoconfigure}. Start reading at
 * {@link io.github.tusspring.security.AuthorizationManagerAuthorizer}.
 */
@NullMarked
package io.github.tusspring.security;

import org.jspecify.annotations.NullMarked;
