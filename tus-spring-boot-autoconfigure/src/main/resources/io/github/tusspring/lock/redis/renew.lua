-- Prolongs leases that run, and says which ones did: 1 or 0 for each.
-- KEYS: the leases. ARGV: owner, milliseconds
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local renewed = {}
for i, key in ipairs(KEYS) do
	local lease = redis.call('HMGET', key, 'owner', 'expires')
	if lease[1] == ARGV[1] and tonumber(lease[2]) > now then
		redis.call('HSET', key, 'expires', string.format('%.0f', now + ARGV[2]))
		redis.call('PEXPIRE', key, 86400000)
		renewed[i] = 1
	else
		renewed[i] = 0
	end
end
return renewed
