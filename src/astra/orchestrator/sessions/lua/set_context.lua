-- Puts a context in force while the session is open.
-- KEYS: session, chunks, digests, block, blocks, uploaded assets
-- ARGV: ttl in seconds, context json
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'NOT_FOUND' end
if state ~= 'OPEN' then return 'CLOSED' end
redis.call('HSET', KEYS[1], 'context', ARGV[2])
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return 'DONE'
