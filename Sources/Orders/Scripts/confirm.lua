-- Writes down that an entry of the ledger was read, so that the WAIT behind it covers the entry too: what a primary writes
-- reaches its replicas, and its append-only file, in the order in which it was written.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the entry that was confirmed last, for people
-- ARGV[1]  the entry's id
-- ARGV[2]  its tail
--
-- Returns ok, or `missing` when this server's ledger does not have the entry: then nothing was written. Retry safe.
local id, tail = ARGV[1], ARGV[2]
local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
if not entry then return 'missing' end
for i = 1, #entry[2], 2 do
  if entry[2][i] == 'tail' and entry[2][i + 1] ~= tail then return 'missing' end
end
redis.call('SET', KEYS[2], id)
return 'ok'
