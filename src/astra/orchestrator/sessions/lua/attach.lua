-- Adds the block of an image after everything that came so far; the same image again changes nothing.
-- KEYS: session, chunks, digests, block, blocks, uploaded assets
-- ARGV: ttl in seconds, block id, zset member, block json, asset id, sequence_id
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'NOT_FOUND' end
if state ~= 'OPEN' then return 'CLOSED' end
if redis.call('SADD', KEYS[6], ARGV[5]) == 0 then return 'DUPLICATE' end
redis.call('HSET', KEYS[4], ARGV[2], ARGV[4])
redis.call('ZADD', KEYS[5], ARGV[6], ARGV[3])
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return 'CREATED'
