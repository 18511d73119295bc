-- The nearest minutes with a list on both sides of a minute that has none, and the oldest minute of the index.
--
-- KEYS[1]  the index of lists
-- ARGV[1]  the minute, in milliseconds
-- ARGV[2]  the next minute, in milliseconds
-- ARGV[3]  how many gaps to skip on either side
--
-- Returns three ids, each '' if there is none. Reads only.
local index, most = KEYS[1], tonumber(ARGV[3])
local HIGHEST = '18446744073709551615-18446744073709551615'

local function is_gap(fields)
  for i = 1, #fields, 2 do
    if fields[i] == 'gap' then return true end
  end
  return false
end

-- The first entry is usually a list. Entries are cheap to find but costly to return, so only a few are requested at first.
local function nearest(command, from, to)
  local looked, count = 0, 1
  while looked < most do
    local found = redis.call(command, index, from, to, 'COUNT', math.min(count, most - looked))
    for _, entry in ipairs(found) do
      if not is_gap(entry[2]) then return entry[1] end
    end
    -- Nothing is above the highest id, and Redis rejects it as the start of a range; the same holds below the lowest.
    if #found < math.min(count, most - looked) or found[#found][1] == HIGHEST then return '' end
    looked, count, from = looked + #found, math.min(count * 4, 100), '(' .. found[#found][1]
  end
  return ''
end

local oldest = redis.call('XRANGE', index, '-', '+', 'COUNT', 1)[1]
local before = ARGV[1] == '0' and '' or nearest('XREVRANGE', '(' .. ARGV[1] .. '-0', '-')
return {before, nearest('XRANGE', ARGV[2] .. '-0', '+'), oldest and oldest[1] or ''}
