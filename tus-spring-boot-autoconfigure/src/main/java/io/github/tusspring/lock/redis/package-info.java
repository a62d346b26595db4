/**
 * Leases in Redis. Start reading at
 * {@link io.github.tusspring.lock.redis.RedisLeaseStore}. Knows the lockers and the
 * domain alone.
 */
@NullMarked
package io.github.tusspring.lock.redis;

import org.jspecify.annotations.NullMarked;
