-- Records that entries of the ledger were read, so that the WAIT after it also covers them: replicas and the append-only
-- file get a primary's writes in their order.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the entry that was confirmed last, for people
-- ARGV     id, tail, id, tail, …: entries, which may come from different servers
--
-- Returns for each 1 if this server's ledger has it, otherwise 0; if it has none of them, nothing was written. Retry safe.
local has, last = {}, nil
for i = 1, #ARGV, 2 do
  local entry = redis.call('XRANGE', KEYS[1], ARGV[i], ARGV[i])[1]
  local found = 0
  for j = 1, entry and #entry[2] or 0, 2 do
    if entry[2][j] == 'tail' and entry[2][j + 1] == ARGV[i + 1] then found = 1 end
  end
  has[#has + 1] = found
  if found == 1 then last = entry[1] end
end
if last then redis.call('SET', KEYS[2], last) end
return has
