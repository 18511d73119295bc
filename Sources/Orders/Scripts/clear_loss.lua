-- Removes the mark of a loss, if it is still the one that the caller has judged.
--
-- KEYS[1]  the mark
-- ARGV[1]  the record that it held
--
-- Returns how many marks were removed. Retry safe.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
