-- Prolongs a claim if it still belongs to its owner.
-- KEYS: claim; ARGV: owner, ttl in milliseconds
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0
