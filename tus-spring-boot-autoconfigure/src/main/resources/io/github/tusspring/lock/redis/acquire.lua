-- Takes a lease that nobody else has, or tells the holder what somebody wants.
-- KEYS: the lease. ARGV: owner, milliseconds, prefix of channels, wish or ''
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('HMGET', KEYS[1], 'owner', 'generation', 'expires', 'refused')
if lease[1] and lease[1] ~= ARGV[1] and tonumber(lease[3]) > now then
	if ARGV[4] ~= '' then
		redis.call('PUBLISH', ARGV[3] .. lease[1], ARGV[4])
	end
	return {'held', lease[4]}
end
local generation = string.format('%.0f', lease[2] and lease[2] + 1 or now)
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'generation', generation, 'expires',
		string.format('%.0f', now + ARGV[2]))
redis.call('PEXPIRE', KEYS[1], 86400000)
return {'acquired', generation}
