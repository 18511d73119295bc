-- Places an order, or finds the one that was placed under the same key; all orders together never exceed the cap.
--
-- Redis gets it as one text with `denied.lua` (denied) and `Shared/ledger.lua` (the other functions) in front: `OrderScript`.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the table of keys that were seen
-- KEYS[3]  the mark of a loss: the record of an acknowledged entry that is missing; absent if none is missing
-- ARGV[1]  currency: three capital letters
-- ARGV[2]  amount: a plain decimal without needless zeros, above 0 and below 10^9, at most 8 decimals
-- ARGV[3]  the client's key
-- ARGV[4]  what it buys, in satoshi; empty to only look up the key: then ARGV[5] to ARGV[11] and ARGV[14] may be empty too
-- ARGV[5]  the rate: a plain decimal
-- ARGV[6]  the rate's minute: 2026-11-21T09:01Z
-- ARGV[7]  from when the rate is valid, in ms of Redis' clock
-- ARGV[8]  until when, in ms of Redis' clock
-- ARGV[9]  real or sandbox: where the rate is from
-- ARGV[10] 42 random bits: eleven hexadecimal digits
-- ARGV[11] now, for people: 2026-11-21T09:01:30.250Z
-- ARGV[12] an entry that is known to be in the ledger; empty if none is known
-- ARGV[13] its tail
-- ARGV[14] how many of the ledger's entries have no key of their own, as far as the caller knows: the opening, raises,
--          and orders whose key an earlier order also has
-- ARGV[15] the cap of a ledger whose opening states none, in satoshi
-- ARGV[16] the currencies of a ledger whose opening states none, in the form that entries use
-- ARGV[17] 1 to place nothing and only say whether the order would be placed, as if its key were not known; otherwise empty
--
-- Returns a table that begins with one of these; all but `new` have changed nothing.
--   seen, id, {field, value, …}, known  the key is known: this is its order; known is 1 if the entry of ARGV[12] also exists
--   new, id, total               the order was placed; the running total after it
--   quote, total, cap            the order would be placed; the running total so far, and the cap
--   no-offer                     the key is not known, and ARGV[4] is empty
--   bad-argument, number         ARGV[number] is not as described above
--   not-open                     there is no ledger
--   ledger-lost, id              this entry was acknowledged, but is missing, or another is in its place
--   keys-lost, words             the table of keys lacks orders of the ledger: an order could be placed twice
--   damaged, words               the ledger contains something that this script never wrote
--   wrong-kind, kind             the ledger takes rates of this other kind
--   rate-stale, now              the rate is not valid now; Redis' time in ms
--   no-currency, currencies      the ledger takes these currencies, but not that of ARGV[1]
--   cap-exceeded, total, cap     the order does not fit; the running total so far, and the cap
-- Retry safety: running it again returns `seen`. All checks come before the first write, because a script is not rolled
-- back. Only digits are passed to tonumber, because it would accept nan, for which every comparison is false.
local currency, amount, key, known, known_tail = ARGV[1], ARGV[2], ARGV[3], ARGV[12], ARGV[13]

local identity = currency .. ' ' .. amount .. ' ' .. key
local only_quotes = ARGV[17] == '1'
local id = not only_quotes and redis.call('HGET', KEYS[2], identity)
if id then
  local entry = entry_at(KEYS[1], id)
  local fields = entry and fields_of(entry)
  if not fields or fields.currency ~= currency or fields.amount ~= amount or fields.key ~= key then
    return {'ledger-lost', id}
  end
  local other = entry_at(KEYS[1], known)
  return {'seen', entry[1], entry[2], other and fields_of(other).tail == known_tail and '1' or '0'}
end

local function has(list, code) return string.find(',' .. list .. ',', ',' .. code .. ',', 1, true) ~= nil end

-- A list that contains the order's currency, or otherwise all that the ledger takes. Starts with the opening's list and
-- follows the additions, each found by the list that it extended. The key of an earlier ledger does not lead to one.
local function currencies_of(opening)
  local list = opening.currencies or ARGV[16] or ''
  while not has(list, currency) do
    local entry = entry_at(KEYS[1], redis.call('HGET', KEYS[2], list))
    local fields = entry and fields_of(entry)
    if not fields or list_before(fields) ~= list then return list end
    list = fields.currencies
  end
  return list
end

local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if ARGV[4] == '' then
  local taken = first and currencies_of(fields_of(first))
  -- If keys are lost, the additions are not known.
  if first and not has(taken, currency) and is_whole(ARGV[14] or '', 15)
    and redis.call('HLEN', KEYS[2]) >= redis.call('XLEN', KEYS[1]) - tonumber(ARGV[14]) then
    return {'no-currency', taken}
  end
  return {'no-offer'}
end

local satoshi, rate, minute, from, till = ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local kind, tail, now_text, others = ARGV[9], ARGV[10], ARGV[11], ARGV[14]
if #ARGV ~= 17 then return {'bad-argument', tostring(#ARGV)} end

local function is_decimal(text, most_whole, most_decimals)
  local whole, decimals = string.match(text, '^(%d+)%.(%d+)$')
  whole = whole or text
  return is_whole(whole, most_whole) and #(decimals or '') <= most_decimals and string.find(text, '[1-9]') ~= nil
end

local DAY = '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d'
local checks = {
  string.find(currency, '^[A-Z][A-Z][A-Z]$'),
  is_decimal(amount, 9, 8) and not string.find(amount, '%..*0$'),
  #key <= 255 and string.find(key, '^[A-Za-z0-9._:-]+$'),
  is_whole(satoshi, 38) and satoshi ~= '0',
  is_decimal(rate, 38, 20),
  string.find(minute, DAY .. 'Z$'),
  is_whole(from, 15),
  is_whole(till, 15),
  kind == 'real' or kind == 'sandbox',
  #tail == 11 and string.find(tail, '^[0-3][0-9a-f]+$'),
  string.find(now_text, DAY .. ':%d%d%.%d%d%dZ$'),
  known == '' or string.find(known, '^%d+%-%d+$'),
  known == '' and known_tail == ''
    or known ~= '' and #known_tail == 11 and string.find(known_tail, '^[0-3][0-9a-f]+$'),
  is_whole(others, 15),
  is_whole(ARGV[15], 16) and ARGV[15] ~= '0',
  string.find(ARGV[16], '^[A-Z,]+$'),
  ARGV[17] == '' or ARGV[17] == '1',
}
for number = 1, 17 do
  if not checks[number] then return {'bad-argument', tostring(number)} end
end

local missing = redis.call('GET', KEYS[3])
if missing then return {'ledger-lost', string.match(missing, '"entry":"(%d+%-%d+)"') or 'that ' .. KEYS[3] .. ' names'} end
if not first then
  if known ~= '' then return {'ledger-lost', known} end
  return {'not-open'}
end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local fields = fields_of(newest)
local least = '0'
if known ~= '' then
  local seen = fields
  if newest[1] ~= known then
    local entry = entry_at(KEYS[1], known)
    seen = entry and fields_of(entry)
  end
  if not seen or seen.tail ~= known_tail then return {'ledger-lost', known} end
  least = seen.total or ''
end

local opening = fields_of(first)
-- Named `rates` if the terms are not the standard ones: earlier builds then find no `kind`, and take no order.
local takes = opening.kind or opening.rates
if not opening.opened or (takes ~= 'real' and takes ~= 'sandbox') then
  return {'damaged', 'the first entry, ' .. first[1] .. ', is not an opening'}
end
local cap = opening.cap or ARGV[15]
if not is_whole(cap, 16) or cap == '0' or tonumber(cap) > 21 * 10 ^ 14 then
  return {'damaged', 'the first entry, ' .. first[1] .. ', has no cap'}
end
local total = fields.total
if not total or not is_whole(total, 16) then
  return {'damaged', 'the newest entry, ' .. newest[1] .. ', has no running total'}
end
-- Only cointape adds entries; another writer's entry could have so low a total that sold amounts would be sold again.
if not fields.tail or not (fields.satoshi or fields.opened or fields.raised or fields.added) then
  return {'damaged', 'the newest entry, ' .. newest[1] .. ', is no order'}
end
if not is_whole(least, 16) or tonumber(total) < tonumber(least) then
  return {'damaged', 'the newest entry, ' .. newest[1] .. ', has a smaller running total than ' .. known}
end
-- The next id must fit into a UUID: 48 bits of milliseconds, 32 of sequence.
local milliseconds, sequence = string.match(newest[1], '^(%d+)%-(%d+)$')
if not is_whole(milliseconds, 15) or tonumber(milliseconds) >= 2 ^ 48
  or not is_whole(sequence, 10) or tonumber(sequence) >= 2 ^ 32 - 1 then
  return {'damaged', 'the newest entry, ' .. newest[1] .. ', leaves no id to the next'}
end
if takes ~= kind then return {'wrong-kind', takes} end

-- Each order has its key in the table, which points to it, or to another order with that key: if a key is lost, a repeated
-- request would place the same order a second time. Keys of an earlier ledger may also be there.
local length, keys = redis.call('XLEN', KEYS[1]), redis.call('HLEN', KEYS[2])
if keys < length - tonumber(others) then
  return {'keys-lost', string.format('it has %.0f keys for %.0f orders', keys, length - tonumber(others))}
end
if fields.satoshi and fields.key then
  local own = (fields.currency or '') .. ' ' .. (fields.amount or '') .. ' ' .. fields.key
  local leads = redis.call('HGET', KEYS[2], own)
  if leads ~= newest[1] then
    local other = entry_at(KEYS[1], leads)
    local same = other and fields_of(other)
    if not same or same.currency ~= fields.currency or same.amount ~= fields.amount or same.key ~= fields.key then
      return {'keys-lost', 'it lacks the newest order, ' .. newest[1]}
    end
  end
end

if fields.added and redis.call('HGET', KEYS[2], list_before(fields) or '') ~= newest[1] then
  return {'keys-lost', 'it lacks the newest currencies, ' .. newest[1]}
end
local taken = currencies_of(opening)
if not has(taken, currency) then return {'no-currency', taken} end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if not (tonumber(from) <= now and now <= tonumber(till)) then
  return {'rate-stale', string.format('%.0f', now)}
end
-- Longer numbers exceed the cap by far, and are not exact as doubles.
if #satoshi > 16 or not (tonumber(total) + tonumber(satoshi) <= tonumber(cap)) then
  return {'cap-exceeded', total, cap}
end

local refusal = denied({{'XADD', KEYS[1], '0-0', 'f', 'v'}, {'HSET', KEYS[2], 'f', 'v', 'f'}})
if refusal then return refusal end
if only_quotes then return {'quote', total, cap} end

local sum = string.format('%.0f', tonumber(total) + tonumber(satoshi))
local added = redis.call(
  'XADD', KEYS[1], '*', 'currency', currency, 'amount', amount, 'rate', rate, 'rate_minute', minute,
  'satoshi', satoshi, 'tail', tail, 'created_at', now_text, 'total', sum, 'key', key)
redis.call('HSET', KEYS[2], identity, added)
return {'new', added, sum}
