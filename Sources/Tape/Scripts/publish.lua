-- Publishes one entry under the id <minute>-0 and trims the stream by age.
--
-- KEYS[1]  the stream
-- ARGV[1]  the minute, in ms since 1970
-- ARGV[2]  the source that publishes; empty for an entry on behalf of the stream's own source
-- ARGV[3]  the kind of its data: real or sandbox; empty for an entry that is not a feed's own
-- ARGV[4]  the oldest minute to keep, in ms since 1970
-- ARGV[5…] field, value, field, value, …; the fields `source` and `kind` are added here
--
-- Returns {outcome, Redis' time in ms, newest id before the call or ''}; the outcome is
--   ok         the entry was published
--   duplicate  an entry with this id already exists
--   late       the stream has passed the minute without an entry for it
--   foreign    the newest entry is of another source, or of the other kind
--   future     the minute is more than 5 s later than Redis' TIME
-- Retry safety: running it again returns `duplicate`.
local FUTURE_MS = 5000
local minute, source, kind, oldest = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

for _, number in ipairs({minute, oldest}) do
  if #number > 15 or not string.find(number, '^%d+$') then
    return redis.error_reply('ERR minutes are milliseconds since 1970, not ' .. number)
  end
end

local function answer(outcome, newest)
  return {outcome, string.format('%.0f', now), newest}
end

local newest, owner, owned = '', '', ''
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last then
  newest = last[1]
  for i = 1, #last[2], 2 do
    if last[2][i] == 'source' then owner = last[2][i + 1] end
    if last[2][i] == 'kind' then owned = last[2][i + 1] end
  end
end

if source ~= '' and owner ~= '' then
  -- Earlier builds had no field `kind`, and published the sandbox's data under its name, whatever the feed.
  if kind ~= '' and owned == '' then
    owned = owner == 'sandbox' and 'sandbox' or 'real'
    if owner == 'sandbox' then owner = source end
  end
  if source ~= owner or kind ~= owned then return answer('foreign', newest) end
end
if tonumber(minute) > now + FUTURE_MS then return answer('future', newest) end
if newest ~= '' and tonumber(string.match(newest, '^(%d+)-')) >= tonumber(minute) then
  local same = redis.call('XRANGE', KEYS[1], minute .. '-0', minute .. '-0')[1]
  return answer(same and 'duplicate' or 'late', newest)
end

local refusal = denied({{'XADD', KEYS[1], '0-0', 'f', 'v'}, {'XTRIM', KEYS[1], 'MAXLEN', '-1'}})
if refusal then return refusal end

if source == '' then source, kind = owner, owned end
local command = {'XADD', KEYS[1], minute .. '-0', 'source', source}
if kind ~= '' then
  command[#command + 1] = 'kind'
  command[#command + 1] = kind
end
for i = 5, #ARGV do command[#command + 1] = ARGV[i] end
local added = redis.pcall(unpack(command))
if type(added) == 'table' and added.err then
  -- The id of a deleted entry stays the stream's last id, so the minute is closed anyway.
  if string.find(added.err, 'equal or smaller', 1, true) then return answer('late', newest) end
  return added
end
redis.call('XTRIM', KEYS[1], 'MINID', '=', oldest .. '-0')
return answer('ok', newest)
