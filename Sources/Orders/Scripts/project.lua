-- Appends orders to the read model, with the new sums, if it is still in the state that these were computed for.
--
-- KEYS[1]  the statistics
-- KEYS[2]  the stream of all orders
-- KEYS[3…]  the streams of the currencies
-- ARGV[1]  the statistics' `last` as the caller read it; empty for an empty read model
-- ARGV[2]  its `last_tail`; empty as well then
-- ARGV[3]  the currencies, in the order of their streams: three capital letters each, separated by commas
-- ARGV[4]  the number of the statistics' fields
-- ARGV[5…] these fields, with absolute values: field, value, field, value, …; then each order, in the ledger's order: its
--          id, and 7 fields and values, the first of which is its currency
--
-- Returns a table that begins with one of these; all but `ok` have changed nothing.
--   ok                    the orders were appended
--   moved                 `last` has changed: another process was faster
--   damaged, words        the read model contains what this script never wrote, or lacks what it wrote
--   bad-argument, number  ARGV[number] is not as described above
-- Retry safety: running it again returns `moved`. All checks come before the first write, because a script is not rolled
-- back.
local ROW = 15
local last, tail = ARGV[1], ARGV[2]

local function bad(number) return {'bad-argument', tostring(number)} end

if last ~= '' and not is_id(last) then return bad(1) end
local streams, currencies = {}, {}
for currency in string.gmatch(ARGV[3] .. ',', '([^,]*),') do
  if not string.find(currency, '^[A-Z][A-Z][A-Z]$') or streams[currency] then return bad(3) end
  currencies[#currencies + 1] = currency
  streams[currency] = KEYS[#currencies + 2]
end
if #KEYS ~= #currencies + 2 then return bad(3) end
if #ARGV[4] > 3 or not string.find(ARGV[4], '^%d+$') then return bad(4) end
local rows = 5 + 2 * tonumber(ARGV[4])
if rows < 7 or #ARGV < rows - 1 or (#ARGV - rows + 1) % ROW ~= 0 then return bad(#ARGV) end
local before = last == '' and '0-0' or last
for row = rows, #ARGV, ROW do
  if not is_id(ARGV[row]) or not is_lower(before, ARGV[row]) then return bad(row) end
  if ARGV[row + 1] ~= 'currency' or not streams[ARGV[row + 2]] then return bad(row + 2) end
  before = ARGV[row]
end

local kind = redis.call('TYPE', KEYS[1]).ok
if kind ~= 'hash' and kind ~= 'none' then return {'damaged', KEYS[1] .. ' is a ' .. kind} end
local marks = redis.call('HMGET', KEYS[1], 'last', 'last_tail')
if (marks[1] or '') ~= last or (marks[2] or '') ~= tail then return {'moved'} end

-- Checks that a stream has as many entries as the statistics count, and none beyond `last`.
local function damage(key, count)
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'stream' and kind ~= 'none' then return key .. ' is a ' .. kind end
  local length, newest = 0, '0-0'
  if kind == 'stream' then
    local info = redis.call('XINFO', 'STREAM', key)
    for i = 1, #info, 2 do
      if info[i] == 'length' then length = info[i + 1] end
      if info[i] == 'last-generated-id' then newest = info[i + 1] end
    end
  end
  if is_lower(last == '' and '0-0' or last, newest) then return key .. ' has had the entry ' .. newest .. ' beyond last' end
  if length ~= count then
    return string.format('%s has %.0f entries, and the statistics count %.0f', key, length, count)
  end
end

-- A currency that was added since then has no count yet, and must have no orders.
local sum = 0
for index, currency in ipairs(currencies) do
  local text = redis.call('HGET', KEYS[1], currency .. ':count') or '0'
  if #text > 15 or not string.find(text, '^%d+$') then return {'damaged', KEYS[1] .. ' has no ' .. currency .. ':count'} end
  sum = sum + tonumber(text)
  local found = damage(KEYS[index + 2], tonumber(text))
  if found then return {'damaged', found} end
end
local found = damage(KEYS[2], sum)
if found then return {'damaged', found} end

local writes = {{'HSET', KEYS[1], 'f', 'v', 'f'}}
for index = 2, #KEYS do writes[index] = {'XADD', KEYS[index], '0-0', 'f', 'v'} end
local refusal = denied(writes)
if refusal then return refusal end

for row = rows, #ARGV, ROW do
  redis.call('XADD', KEYS[2], unpack(ARGV, row, row + ROW - 1))
  redis.call('XADD', streams[ARGV[row + 2]], unpack(ARGV, row, row + ROW - 1))
end
redis.call('HSET', KEYS[1], unpack(ARGV, 5, rows - 1))
return {'ok'}
