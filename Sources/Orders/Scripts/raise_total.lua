-- Raises the ledger's running total to what was really sold: after a loss, when orders that were acknowledged are missing.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the mark of a loss, which this ends when it counts at least as much
-- ARGV[1]  what was sold in all, in satoshi
-- ARGV[2]  42 random bits: eleven hexadecimal digits
-- ARGV[3]  now, for people: 2026-11-21T09:01:30.250Z
-- ARGV[4]  the cap of a ledger whose opening does not state any, in satoshi
--
-- Returns a table that begins with one of these; all but `ok` have changed nothing.
--   ok, id, total, cap    the running total is raised; the entry that says so, the total before, and the ledger's cap
--   beyond-cap, cap       more than the ledger's cap, in satoshi
--   enough, total         the running total is as high already, and no loss is to be counted by it
--   not-open              there is no ledger
--   damaged, words        the ledger holds what cointape never wrote
--   bad-argument, number  ARGV[number] is not what stands above
-- Retry safety: running it again answers `enough`. Every check stands before the write; tonumber only sees digits.
local sold, tail, now_text, standard_cap = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local checks = {
  is_whole(sold, 16),
  #tail == 11 and string.find(tail, '^[0-3][0-9a-f]+$'),
  string.find(now_text, '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$'),
  is_whole(standard_cap, 16),
}
for number = 1, 4 do
  if not checks[number] then return {'bad-argument', tostring(number)} end
end

local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not first then return {'not-open'} end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local damage = damage_at_ends(first, newest)
if damage then return {'damaged', damage} end
local cap, total = fields_of(first).cap or standard_cap, fields_of(newest).total
if not is_whole(cap, 16) or cap == '0' then return {'damaged', 'the first entry, ' .. first[1] .. ', has no cap'} end
if tonumber(sold) > tonumber(cap) then return {'beyond-cap', cap} end
local mark = redis.call('GET', KEYS[2])
local lost = mark and string.match(mark, '"total":"(%d+)"')
local is_counted = lost and #lost <= 16 and tonumber(lost) <= tonumber(sold)
-- The same total counts a loss all the same: what was lost may have been ordered again.
if tonumber(total) > tonumber(sold) or total == sold and not is_counted then return {'enough', total} end

local writes = {{'XADD', KEYS[1], '0-0', 'f', 'v'}}
if is_counted then writes[2] = {'DEL', KEYS[2], harmless = {'DEL', KEYS[2] .. ':none'}} end
local refusal = denied(writes)
if refusal then return refusal end

local id = redis.call('XADD', KEYS[1], '*', 'raised', now_text, 'total', sold, 'tail', tail)
if is_counted then redis.call('DEL', KEYS[2]) end
return {'ok', id, total, cap}
