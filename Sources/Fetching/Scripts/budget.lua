-- Takes credits from a budget, or corrects what was taken.
--
-- KEYS[1]  the budget: a hash of the credits that were spent, by the second in which their part of the period began; and under
--          `told:<second>` what others have spent of the plan besides, according to the provider; and under `last` the second in
--          which credits were taken last
-- ARGV[1]  the first second that counts
-- ARGV[2]  the second of the part to which the credits belong
-- ARGV[3]  the plan's credits in a period
-- ARGV[4]  how many credits to add; less than zero to give some back
-- ARGV[5]  how many credits must be left for that; 0 to add them in any case
-- ARGV[6]  how many are left according to the provider, or nothing
-- ARGV[7]  for how many ms the budget is kept
-- ARGV[8]  the second of the next part, in which the credits may count as well, or nothing
-- ARGV[9]  the second from which on parts do not count yet
-- ARGV[10] the second now
--
-- Returns 1 or 0 for whether there were enough, the credits that are spent now, and the oldest second that counts, or nothing.
-- Not retry safe: a repeated call counts the credits again, or gives them back again.
local from, at, plan = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local credits, needed, left = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local spent, oldest, told, last = 0, '', 0, 0
local ends = tonumber(ARGV[9])
-- Anybody who can write to the key can write anything there. As HINCRBY takes it, and no more than is counted exactly.
local function number(text)
  return (text == '0' or string.match(text, '^[1-9]%d*$')) and math.min(tonumber(text), 2^50) or nil
end
local parts = redis.call('HGETALL', KEYS[1])
for i = 1, #parts, 2 do
  local by_others = string.match(parts[i], '^told:(%d+)$')
  local second, count = number(by_others or parts[i]), number(parts[i + 1])
  if parts[i] == 'last' then
    last = count or 0
  elseif not second or not count or second < from then
    redis.call('HDEL', KEYS[1], parts[i])
  elseif count == 2^50 then
    redis.call('HDEL', KEYS[1], parts[i])
    redis.call('HINCRBY', KEYS[1], parts[i], string.format('%.0f', count))
    spent = count
    if by_others then told = count end
  elseif second < ends then
    if by_others then told = told + count end
    spent = math.min(spent + count, 2^50)
    if oldest == '' or second < oldest then oldest = second end
  end
end
if needed > 0 and spent + needed > plan then return {0, spent, oldest} end
local nextPart = tonumber(ARGV[8])
if credits ~= 0 and nextPart and nextPart >= from then
  redis.call('HINCRBY', KEYS[1], ARGV[8], string.format('%.0f', credits))
  redis.call('PEXPIRE', KEYS[1], ARGV[7])
  if nextPart < ends then spent = spent + credits end
end
-- What else belongs to a period that is over says nothing about this one.
if at < from then return {1, spent, oldest} end
-- What others have spent. The provider does not know of calls that are under way, so its word only lowers that when no call
-- can be: a call takes less than a minute.
if left then
  local others = math.max(0, plan - left - (spent - told + credits))
  if others >= told or tonumber(ARGV[10]) - last >= 120 then
    for i = 1, #parts, 2 do
      if string.find(parts[i], '^told:') then redis.call('HDEL', KEYS[1], parts[i]) end
    end
    if others > 0 then
      redis.call('HINCRBY', KEYS[1], 'told:' .. ARGV[2], string.format('%.0f', others))
      redis.call('PEXPIRE', KEYS[1], ARGV[7])
    end
    spent = spent - told + others
  end
end
if needed > 0 then
  redis.call('HDEL', KEYS[1], 'last')
  redis.call('HINCRBY', KEYS[1], 'last', ARGV[10])
end
if credits ~= 0 then
  redis.call('HINCRBY', KEYS[1], ARGV[2], string.format('%.0f', credits))
  redis.call('PEXPIRE', KEYS[1], ARGV[7])
end
return {1, spent + credits, oldest == '' and at or oldest}
