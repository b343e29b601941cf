-- Adds a chunk and the block that stands for it. Atomic, and idempotent on sequence_id.
-- KEYS: session hash, chunks hash, block hash, blocks zset, digests hash
-- ARGV: sequence_id, digest, chunk json, block id, zset member, block json, ttl in seconds
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'NOT_FOUND' end
local sequence = tonumber(ARGV[1])
local known = redis.call('HGET', KEYS[5], ARGV[1])
if known then
  if known == ARGV[2] then return 'DUPLICATE' end
  return 'CONFLICT'
end
local last = tonumber(redis.call('HGET', KEYS[1], 'last_sequence_id') or '-1')
if state ~= 'OPEN' and not (state == 'DRAINING' and sequence < last) then return 'CLOSED' end
redis.call('HSET', KEYS[5], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('HSET', KEYS[3], ARGV[4], ARGV[6])
redis.call('ZADD', KEYS[4], sequence, ARGV[5])
if sequence > last then redis.call('HSET', KEYS[1], 'last_sequence_id', sequence) end
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[7]) end
return 'CREATED'
