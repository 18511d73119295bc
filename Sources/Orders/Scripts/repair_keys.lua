-- Restores keys of ledger entries in the table of seen keys.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the table of keys that were seen
-- ARGV     identity, id, identity, id, …: orders of the ledger, and entries that added currencies, in its order
--
-- Returns how many were restored. A key that points to another order with the same identity stays, because clients have been
-- given that order. Retry safe.

-- The key of an entry: for an order its currency, amount and key, for an addition of currencies the list that it extended.
local function identity_of(fields)
  if not fields.added then
    return (fields.currency or '') .. ' ' .. (fields.amount or '') .. ' ' .. (fields.key or '')
  end
  return list_before(fields) or ''
end

local function leads(identity)
  local entry = entry_at(KEYS[1], redis.call('HGET', KEYS[2], identity))
  return entry ~= nil and identity_of(fields_of(entry)) == identity
end

local count = 0
for i = 1, #ARGV, 2 do
  if not leads(ARGV[i]) then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
    count = count + 1
  end
end
return count
