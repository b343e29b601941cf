-- Changes the state if it is the expected one. Returns whether the new state is in force.
-- KEYS: session, chunks, digests, block, blocks, uploaded assets
-- ARGV: ttl in seconds, expected state, new state
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= ARGV[2] and state ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], 'state', ARGV[3])
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return 1
