-- Ends a lease.
-- KEYS: the lease. ARGV: owner, generation
local lease = redis.call('HMGET', KEYS[1], 'owner', 'generation')
if lease[1] == ARGV[1] and lease[2] == ARGV[2] then
	redis.call('HDEL', KEYS[1], 'owner', 'expires', 'refused')
	return 1
end
return 0
