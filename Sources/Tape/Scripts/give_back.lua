-- Takes a try of a minute back: who fails and lives is not counted.
--
-- KEYS[1]  the minute's tries, as in begin.lua
-- ARGV[1]  who had begun
-- ARGV[2]  for how many ms the count is kept
-- ARGV[3]  1 where that is known to have been counted; else it is taken back only if nobody has begun since
--
-- Returns 1, or 0 where there is nothing to take back. Safe to retry while ARGV[3] is not 1.
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
