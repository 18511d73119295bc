-- Counts that a worker begins a minute, once for each worker: one that begins again is alive.
--
-- KEYS[1]  the minute's tries: how often it was begun, a blank, and the last worker that began it, without the blank if that
--          try was given back
-- ARGV[1]  the worker that begins
-- ARGV[2]  for how many ms the count is kept
--
-- Returns how often it was begun, including this time; 0 if the key contains something else, which is left unchanged.
-- Retry safe.
local who, lifetime = ARGV[1], ARGV[2]
local found = redis.pcall('GET', KEYS[1])
if type(found) == 'table' and found.err then
  return string.find(found.err, 'WRONGTYPE', 1, true) and 0 or found
end
local count, last = '0', ''
if found then
  count, last = string.match(found .. ' ', '^(%d+) (%S*) ?$')
  if not count or #count > 6 then return 0 end
end
local tries = tonumber(count) + (last == who and 0 or 1)
redis.call('SET', KEYS[1], string.format('%.0f %s', tries, who), 'PX', lifetime)
return tries
