-- Tells the holder of a lease what somebody wants.
-- KEYS: the lease. ARGV: prefix of channels, wish
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lease = redis.call('HMGET', KEYS[1], 'owner', 'expires', 'refused')
if lease[1] and tonumber(lease[2]) > now then
	redis.call('PUBLISH', ARGV[1] .. lease[1], ARGV[2])
	return {'held', lease[3]}
end
return {'free'}
