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
  local list, new = fields.currencies or '', ',' .. (fields.new_currencies or '')
  return string.sub(list, -#new) == new and string.sub(list, 1, -#new - 1) or ''
end

local function leads(identity)
  local id = redis.call('HGET', KEYS[2], identity)
  local entry = id and string.find(id, '^%d+%-%d+$') and redis.call('XRANGE', KEYS[1], id, id)[1]
  if not entry then return false end
  local fields = {}
  for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
  return identity_of(fields) == identity
end

local count = 0
for i = 1, #ARGV, 2 do
  if not leads(ARGV[i]) then
    redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1])
    count = count + 1
  end
end
return count
