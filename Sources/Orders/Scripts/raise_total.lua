-- Raises the ledger's running total to what was really sold, after a loss of acknowledged orders.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the mark of a loss, which is removed if ARGV[1] covers it
-- ARGV[1]  everything that was sold, in satoshi
-- ARGV[2]  42 random bits: eleven hexadecimal digits
-- ARGV[3]  now, for people: 2026-11-21T09:01:30.250Z
-- ARGV[4]  the cap of a ledger whose opening states none, in satoshi
--
-- Returns a table that begins with one of these; all but `ok` have changed nothing.
--   ok, id, total, cap    the running total was raised: the new entry, the total before, and the ledger's cap
--   beyond-cap, cap       it exceeds the ledger's cap, in satoshi
--   enough, total         the running total is already as high, and it does not count a loss
--   not-open              there is no ledger
--   damaged, words        the ledger contains something that cointape never wrote
--   bad-argument, number  ARGV[number] is not as described above
-- Retry safety: running it again returns `enough`. All checks come before the write; only digits are passed to tonumber.
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
-- An equal total still counts a loss, because what was lost may have been ordered again.
if tonumber(total) > tonumber(sold) or total == sold and not is_counted then return {'enough', total} end

local writes = {{'XADD', KEYS[1], '0-0', 'f', 'v'}}
if is_counted then writes[2] = {'DEL', KEYS[2], harmless = {'DEL', KEYS[2] .. ':none'}} end
local refusal = denied(writes)
if refusal then return refusal end

local id = redis.call('XADD', KEYS[1], '*', 'raised', now_text, 'total', sold, 'tail', tail)
if is_counted then redis.call('DEL', KEYS[2]) end
return {'ok', id, total, cap}
