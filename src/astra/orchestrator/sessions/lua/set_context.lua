-- Puts a context in force while the session is open.
-- KEYS: session hash; ARGV: context json, ttl in seconds
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'NOT_FOUND' end
if state ~= 'OPEN' then return 'CLOSED' end
redis.call('HSET', KEYS[1], 'context', ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 'DONE'
