-- Functions that the scripts of the ledger and of the read model share; inserted at their start.

-- Whether the text is a whole number of ASCII digits, at most `most` of them.
local function is_digits(text, most) return #text <= most and string.find(text, '^%d+$') ~= nil end

local function is_whole(text, most)
  return is_digits(text, most) and (text == '0' or string.sub(text, 1, 1) ~= '0')
end

-- Compares whole numbers without leading zeros; tonumber is not exact beyond 2^53.
local function is_less(left, right) return #left < #right or #left == #right and left < right end

local function is_lower(left, right)
  local left_time, left_number = string.match(left, '^(%d+)-(%d+)$')
  local right_time, right_number = string.match(right, '^(%d+)-(%d+)$')
  if left_time ~= right_time then return is_less(left_time, right_time) end
  return is_less(left_number, right_number)
end

-- Whether the text is an entry id as Redis writes it: two 64-bit numbers.
local function is_id(text)
  local most = '18446744073709551615'
  local time, number = string.match(text, '^(%d+)-(%d+)$')
  return time ~= nil and is_whole(time, 20) and not is_less(most, time)
    and is_whole(number, 20) and not is_less(most, number)
end

local function fields_of(entry)
  local fields = {}
  for i = 1, #entry[2], 2 do fields[entry[2][i]] = entry[2][i + 1] end
  return fields
end

-- The entry that a value of the table of keys points to; nil if there is none, or the id is invalid.
local function entry_at(ledger, id)
  return id and is_id(id) and redis.call('XRANGE', ledger, id, id)[1] or nil
end

-- The list of currencies that an entry extended; nil if it added none.
local function list_before(fields)
  local list, new = fields.currencies or '', ',' .. (fields.new_currencies or '')
  if fields.added and #new > 1 and string.sub(list, -#new) == new then return string.sub(list, 1, -#new - 1) end
end

-- The reason why the ledger's first or newest entry cannot come from cointape; nil if both are fine.
local function damage_at_ends(first, newest)
  if not fields_of(first).opened then return 'the first entry, ' .. first[1] .. ', is not an opening' end
  local fields = fields_of(newest)
  if not is_whole(fields.total or '', 16) then return 'the newest entry, ' .. newest[1] .. ', has no running total' end
  if not fields.tail or not (fields.satoshi or fields.opened or fields.raised or fields.added) then
    return 'the newest entry, ' .. newest[1] .. ', is no order'
  end
end

