-- The newest entry that has rows, to compare a feed's next list with; without returning the rows.
--
-- KEYS[1]  the stream
-- ARGV[1]  how many entries to examine, newest first
-- ARGV[2]  the highest id to examine; later entries are not written by cointape
--
-- Returns {id, count, sha256, as_of}, with '' for missing fields; {} if no entry has rows. Reads only.
local most = ARGV[1]
if #most > 4 or not string.find(most, '^%d+$') then return redis.error_reply('ERR not a number of entries: ' .. most) end

local upper = ARGV[2]
if not string.find(upper, '^%d+%-%d+$') then return redis.error_reply('ERR not an id: ' .. upper) end
for _ = 1, tonumber(most) do
  local entry = redis.call('XREVRANGE', KEYS[1], upper, '-', 'COUNT', 1)[1]
  if not entry then return {} end
  local fields = {}
  for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
  if fields.rows then return {entry[1], fields.count or '', fields.sha256 or '', fields.as_of or ''} end
  upper = '(' .. entry[1]
end
return {}
