-- Adds the block of an image after everything that came so far; the same image again changes nothing.
-- KEYS: session hash, block hash, blocks zset, uploaded assets set
-- ARGV: block id, zset member, block json, asset id, sequence_id, ttl in seconds
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'NOT_FOUND' end
if state ~= 'OPEN' then return 'CLOSED' end
if redis.call('SADD', KEYS[4], ARGV[4]) == 0 then return 'DUPLICATE' end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[2])
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[6]) end
return 'CREATED'
