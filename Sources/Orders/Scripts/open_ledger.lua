-- Opens the ledger, once.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the table of keys that were seen
-- KEYS[3]  the mark of a loss, which is removed if ARGV[1] covers it; a mark about the other kind of rates stays: apis see
--          that it is not about this ledger, and remove it
-- ARGV[1]  what was sold before, in satoshi; empty if that was not stated
-- ARGV[2]  real or sandbox: which rates the ledger takes
-- ARGV[3]  42 random bits: eleven hexadecimal digits
-- ARGV[4]  now, for people: 2026-11-21T09:01:30.250Z
-- ARGV[5]  the cap, in satoshi: up to 21 million BTC, exact in a double
-- ARGV[6]  the currencies that the ledger takes: three capital letters each, separated by commas
-- ARGV[7]  the name of the field that holds ARGV[2]: see LedgerOpening.kindField
--
-- Returns a table that begins with one of these; all but `ok` have changed nothing.
--   ok, id                the ledger is open; its opening entry
--   open, id              there is a ledger, which begins with this entry
--   seen, words           it was not stated what was sold before, and this is a sign of an earlier ledger
--   too-little, sold      the mark of a loss says that this much, in satoshi, was sold before
--   bad-argument, number  ARGV[number] is not as described above
-- Retry safety: running it again returns `open`. All checks come before the write; only digits are passed to tonumber.
local total, kind, tail, now_text, cap, currencies, kind_field = unpack(ARGV)

local checks = {
  total == '' or is_whole(total, 16) and is_whole(cap, 16) and tonumber(total) <= tonumber(cap),
  kind == 'real' or kind == 'sandbox',
  #tail == 11 and string.find(tail, '^[0-3][0-9a-f]+$'),
  string.find(now_text, '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$'),
  is_whole(cap, 16) and cap ~= '0' and tonumber(cap) <= 21 * 10 ^ 14,
  string.find(currencies .. ',', '^[A-Z,]+$') and string.gsub(currencies .. ',', '[A-Z][A-Z][A-Z],', '') == '',
  kind_field == 'kind' or kind_field == 'rates',
}
for number = 1, 7 do
  if not checks[number] then return {'bad-argument', tostring(number)} end
end

local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if first then return {'open', first[1]} end
local mark = redis.call('GET', KEYS[3])
local other = kind == 'real' and 'sandbox' or 'real'
local binds = mark and string.match(mark, '"kind":"(%a+)"') ~= other
local sold = binds and (string.match(mark, '"total":"(%d+)"') or '')
if binds and total ~= '' and (#sold > 16 or sold == '' or tonumber(total) < tonumber(sold)) then
  return {'too-little', sold}
end
if total == '' then
  if mark then return {'seen', KEYS[3] .. ' says that an acknowledged order is missing'} end
  if redis.call('EXISTS', KEYS[2]) == 1 then return {'seen', KEYS[2] .. ' exists'} end
  if redis.call('EXISTS', KEYS[1]) == 1 then return {'seen', KEYS[1] .. ' has had entries'} end
  total = '0'
end
local writes = {{'XADD', KEYS[1], '0-0', 'f', 'v'}}
if binds then writes[2] = {'DEL', KEYS[3], harmless = {'DEL', KEYS[3] .. ':none'}} end
local refusal = denied(writes)
if refusal then return refusal end

local id = redis.call(
  'XADD', KEYS[1], '*', 'opened', now_text, kind_field, kind, 'cap', cap, 'currencies', currencies, 'total', total,
  'tail', tail)
if binds then redis.call('DEL', KEYS[3]) end
return {'ok', id}
