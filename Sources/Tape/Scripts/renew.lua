-- Renews a lease, if the caller still holds it.
--
-- KEYS[1]  the lease
-- ARGV[1]  the holder
-- ARGV[2]  for how many ms from now
--
-- Returns 1, or 0 if the lease has expired or belongs to another holder. Retry safe.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
