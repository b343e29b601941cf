-- Changes the state if it is the expected one. Returns whether the new state is in force.
-- KEYS: session hash; ARGV: expected state, new state, ttl in seconds
local state = redis.call('HGET', KEYS[1], 'state')
if state == ARGV[1] then
  redis.call('HSET', KEYS[1], 'state', ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  return 1
end
if state == ARGV[2] then return 1 end
return 0
