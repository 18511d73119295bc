-- Adds currencies to those that the ledger takes.
--
-- KEYS[1]  the ledger
-- KEYS[2]  the table of keys that were seen
-- ARGV[1]  the currencies to add, without repeats: three capital letters each, separated by commas
-- ARGV[2]  the newest entry that added currencies, as found by the caller in the ledger; empty if there is none
-- ARGV[3]  42 random bits: eleven hexadecimal digits
-- ARGV[4]  now, for people: 2026-11-21T09:01:30.250Z
-- ARGV[5]  the currencies of a ledger whose opening states none
-- ARGV[6]  how many currencies a ledger may have
--
-- Returns a table that begins with one of these; all but `ok` have changed nothing.
--   ok, id, currencies    the new entry, and all currencies that the ledger takes now
--   known, currency       the ledger already takes this currency
--   too-many              the ledger would have more than ARGV[6]
--   moved, id             the newest addition that the table leads to, which is not ARGV[2]; empty for none
--   not-open              there is no ledger
--   damaged, words        the ledger contains something that cointape never wrote
--   bad-argument, number  ARGV[number] is not as described above
-- Retry safety: running it again returns `moved` or `known`. All checks come before the first write.
local added, expected, tail, now_text, standard, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]

local function codes_of(list)
  local codes = {}
  for code in string.gmatch(list .. ',', '([^,]*),') do
    if not string.find(code, '^[A-Z][A-Z][A-Z]$') then return nil end
    codes[#codes + 1] = code
  end
  return codes
end

local checks = {
  codes_of(added),
  expected == '' or string.find(expected, '^%d+%-%d+$'),
  #tail == 11 and string.find(tail, '^[0-3][0-9a-f]+$'),
  string.find(now_text, '^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ$'),
  codes_of(standard),
  #most <= 3 and string.find(most, '^%d+$'),
}
for number = 1, 6 do
  if not checks[number] then return {'bad-argument', tostring(number)} end
end

local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if not first then return {'not-open'} end
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local damage = damage_at_ends(first, newest)
if damage then return {'damaged', damage} end

-- Starts with the opening's list and follows the additions, each found by the list that it extended. The key of an
-- earlier ledger does not lead to an addition.
local list, found = fields_of(first).currencies or standard, ''
while true do
  local id = redis.call('HGET', KEYS[2], list)
  local entry = entry_at(KEYS[1], id)
  local fields = entry and fields_of(entry)
  if not fields or list_before(fields) ~= list then break end
  list, found = fields.currencies, id
end
if found ~= expected then return {'moved', found} end
local known = codes_of(list)
if not known then return {'damaged', 'the list of currencies cannot be read: ' .. list} end
local takes = {}
for _, code in ipairs(known) do takes[code] = true end
for _, code in ipairs(codes_of(added)) do
  if takes[code] then return {'known', code} end
  takes[code] = true
end
if #known + #codes_of(added) > tonumber(most) then return {'too-many'} end

local refusal = denied({{'XADD', KEYS[1], '0-0', 'f', 'v'}, {'HSET', KEYS[2], 'f', 'v', 'f'}})
if refusal then return refusal end

local all = list .. ',' .. added
local id = redis.call(
  'XADD', KEYS[1], '*', 'added', now_text, 'new_currencies', added, 'currencies', all,
  'total', fields_of(newest).total, 'tail', tail)
redis.call('HSET', KEYS[2], list, id)
return {'ok', id, all}
