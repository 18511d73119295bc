-- Marks the ledger as lacking an acknowledged entry, so that no api takes an order before a person has counted it.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the mark: the record of the missing entry, in the form of a witness
-- ARGV[1]  the missing entry's id
-- ARGV[2]  its tail
-- ARGV[3]  its running total, in satoshi
-- ARGV[4]  the record to keep
--
-- Returns ok, or `found` if the entry exists. A mark with at least the same running total stays. Retry safe.
local id, tail, total, record = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if not string.find(id, '^%d+%-%d+$') or #total > 38 or not string.find(total, '^%d+$') then
  return redis.error_reply('ERR not a record of the ledger: ' .. record)
end

local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
if entry then
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'tail' and entry[2][i + 1] == tail then return 'found' end
  end
end
local known = redis.call('GET', KEYS[2])
local sold = known and string.match(known, '"total":"(%d+)"')
-- Whole numbers without leading zeros: tonumber is not exact beyond 2^53.
if sold and (#sold > #total or #sold == #total and sold >= total) then return 'ok' end
redis.call('SET', KEYS[2], record)
return 'ok'
