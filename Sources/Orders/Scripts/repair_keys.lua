-- Puts entries of the ledger back into the table of seen keys.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the table of keys that were seen
-- ARGV     identity, id, identity, id, …: orders of the ledger, and entries that added currencies, in its order
--
-- Returns how many were put back. A key that leads to another order of the same identity stays: it is the one that whoever
-- asked last was told. Retry safe.

-- Under which key an entry is found: an order by what was asked for, currencies by the list that they were added to.
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
