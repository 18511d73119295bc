-- Stores the newest acknowledged entry of a ledger that is in another Redis.
--
-- KEYS[1]  the record
-- ARGV[1]  a record, as JSON
-- ARGV[2]  the opening entry of its ledger
-- ARGV[3]  its running total, in satoshi
-- ARGV[4]  a record that may be replaced whatever it says; empty for none
--
-- Returns one of these, and the previous record, or nothing: kept; newer, if a record of the same ledger with a higher
-- running total stays; other, if another record stays: only a sandbox's record may replace a sandbox's. Retry safe.
local record, opened, total = ARGV[1], ARGV[2], ARGV[3]
local known = redis.call('GET', KEYS[1])

local function is_sandbox(text) return string.find(text, '"kind":"sandbox"', 1, true) ~= nil end

if known and known ~= ARGV[4] then
  if string.match(known, '"opened":"([^"]*)"') == opened and is_sandbox(known) == is_sandbox(record) then
    local sold = string.match(known, '"total":"(%d+)"')
    -- Whole numbers without leading zeros: tonumber is not exact beyond 2^53.
    if sold and (#sold > #total or #sold == #total and sold >= total) then return {'newer', known} end
  elseif not (is_sandbox(known) and is_sandbox(record)) then
    return {'other', known}
  end
end
redis.call('SET', KEYS[1], record)
return {'kept', known or ''}
