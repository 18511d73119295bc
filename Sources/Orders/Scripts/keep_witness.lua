-- Keeps the newest acknowledged entry of a ledger that is in another Redis.
--
-- KEYS[1]  the record
-- ARGV[1]  a record, as JSON
-- ARGV[2]  the opening entry of its ledger
-- ARGV[3]  its running total, in satoshi
-- ARGV[4]  1 to replace whatever is there; else a higher running total of the same ledger stays
--
-- Returns 1 if the record was kept, 0 if a newer one stays. Retry safe.
local total = ARGV[3]
local known = redis.call('GET', KEYS[1])
if known and ARGV[4] ~= '1' and string.match(known, '"opened":"([^"]*)"') == ARGV[2] then
  local sold = string.match(known, '"total":"(%d+)"')
  -- Whole numbers without leading zeros: tonumber is not exact beyond 2^53.
  if sold and (#sold > #total or #sold == #total and sold >= total) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1])
return 1
