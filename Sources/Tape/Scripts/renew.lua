-- Prolongs a lease, if it is still the caller's.
--
-- KEYS[1]  the lease
-- ARGV[1]  who holds it
-- ARGV[2]  for how many ms from now
--
-- Returns 1, or 0 when the lease has run out or belongs to somebody else. Retry safe.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
