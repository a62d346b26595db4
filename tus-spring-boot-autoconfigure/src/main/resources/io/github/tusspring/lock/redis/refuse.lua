-- Says that a wish will not come true.
-- KEYS: the lease. ARGV: owner, token of the wish
if redis.call('HGET', KEYS[1], 'owner') == ARGV[1] then
	redis.call('HSET', KEYS[1], 'refused', ARGV[2])
	return 1
end
return 0
