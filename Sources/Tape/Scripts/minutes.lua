-- The minutes of a stream, newest first, and which of them are gaps; without returning their rows.
--
-- KEYS[1]  the stream
-- ARGV[1]  return entries below this id; + for the newest
-- ARGV[2]  the maximum number of entries, because they may be large, and Redis is blocked meanwhile
--
-- Returns {id, gap, id, gap, …}, with '' for an entry that is not a gap. Reads only.
local below, most = ARGV[1], ARGV[2]
if below ~= '+' and not string.find(below, '^%d+%-%d+$') then return redis.error_reply('ERR not an id: ' .. below) end
if #most > 4 or not string.find(most, '^%d+$') then return redis.error_reply('ERR not a number: ' .. most) end

local found = {}
local upper = below == '+' and below or '(' .. below
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], upper, '-', 'COUNT', most)) do
  local gap = ''
  for i = 1, #entry[2], 2 do
    if entry[2][i] == 'gap' then gap = entry[2][i + 1] end
  end
  found[#found + 1] = entry[1]
  found[#found + 1] = gap
end
return found
