/**
 * Leases in a table of a database. Start reading at
 * {@link io.github.tusspring.lock.jdbc.JdbcLeaseStore}. Knows the lockers and the domain
 * alone.
 */
@NullMarked
package io.github.tusspring.lock.jdbc;

import org.jspecify.annotations.NullMarked;
