-- Replaces the blocks of a chunk under way by what CORE made of it. Does nothing if that was done
-- already, or if the session has been handed over to be built.
-- KEYS: session, chunks, digests, block, blocks, uploaded assets
-- ARGV: ttl in seconds, sequence_id, chunk json, then (block id, zset member, block json) for each block
local state = redis.call('HGET', KEYS[1], 'state')
if state ~= 'OPEN' and state ~= 'DRAINING' then return 0 end
local chunk = redis.call('HGET', KEYS[2], ARGV[2])
if not chunk or cjson.decode(chunk)['state'] == 'READY' then return 0 end
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], ARGV[2], ARGV[2])) do
  local position, block_id = string.match(member, '^(%d+):(.+)$')
  if tonumber(position) < 1000 then
    redis.call('ZREM', KEYS[5], member)
    redis.call('HDEL', KEYS[4], block_id)
  end
end
for i = 4, #ARGV, 3 do
  redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 2])
  redis.call('ZADD', KEYS[5], ARGV[2], ARGV[i + 1])
end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
for i = 1, #KEYS do redis.call('EXPIRE', KEYS[i], ARGV[1]) end
return 1
