-- Takes back a try of a minute, because a worker that fails but stays alive does not count.
--
-- KEYS[1]  the minute's tries, as in begin.lua
-- ARGV[1]  the worker that had begun
-- ARGV[2]  for how many ms the count is kept
-- ARGV[3]  1 if the try is known to have been counted; otherwise it is only taken back if nobody has begun since
--
-- Returns 1, or 0 if there is nothing to take back. Safe to retry unless ARGV[3] is 1.
local who, lifetime, is_sure = ARGV[1], ARGV[2], ARGV[3]
local found = redis.pcall('GET', KEYS[1])
if type(found) == 'table' and found.err then
  return string.find(found.err, 'WRONGTYPE', 1, true) and 0 or found
end
local count, last = string.match((found or '') .. ' ', '^(%d+) (%S*) ?$')
if not count or #count > 6 or tonumber(count) == 0 or is_sure ~= '1' and last ~= who then return 0 end
local rest = string.format('%.0f', tonumber(count) - 1)
if last ~= who and last ~= '' then rest = rest .. ' ' .. last end
redis.call('SET', KEYS[1], rest, 'PX', lifetime)
return 1
