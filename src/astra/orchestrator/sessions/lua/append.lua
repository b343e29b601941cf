-- Adds a chunk and the block that stands for it. Atomic, and idempotent on sequence_id.
-- KEYS: session, chunks, digests, block, blocks, uploaded assets
-- ARGV: ttl in seconds, sequence_id, digest, chunk json, block id, zset member, block json, farthest jump
local state = redis.call('HGET', KEYS[1], 'state')
if not state then return 'NOT_FOUND' end
local known = redis.call('HGET', KEYS[3], ARGV[2])
if known then
  if known == ARGV[3] then return 'DUPLICATE' end
  return 'CONFLICT'
end
local sequence = tonumber(ARGV[2])
local last = tonumber(redis.call('HGET', KEYS[1], 'last_sequence_id') or '-1')
if state ~= 'OPEN' and not (state == 'DRAINING' and sequence < last) then return 'CLOSED' end
if sequence > last + tonumber(ARGV[8]) then return 'TOO_FAR' end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[4])
redis.call('HSET', KEYS[4], ARGV[5], ARGV[7])
redis.call('ZADD', KEYS[5], sequence, ARGV[6])
if sequence > last then redis.call('HSET', KEYS[1], 'last_sequence_id', sequence) end
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return 'CREATED'
