-- A page of the read model, and the ledger's entry up to which it was folded.
--
-- KEYS[1]  the statistics
-- KEYS[2]  the stream: of all orders, or of one currency's
-- ARGV[1]  the page contains orders below this id; empty for the newest page
-- ARGV[2]  the maximum number of orders
--
-- Returns {last, last's tail, orders, newest first}; `last` and its tail are '' if nothing was folded. An order is one
-- string of lines: its id, a field's name, its value, and so on, because returning thousands of parts would take longer
-- than building the string. Entries beyond `last` were not folded, and are not returned. Reads only.
local below, most = ARGV[1], ARGV[2]
if below ~= '' and not is_id(below) then return redis.error_reply('ERR not an id: ' .. below) end
if #most > 5 or not string.find(most, '^%d+$') then return redis.error_reply('ERR not a number of orders: ' .. most) end

local marks = redis.call('HMGET', KEYS[1], 'last', 'last_tail')
local last, tail = marks[1] or '', marks[2] or ''
-- Nothing is below the lowest id, and Redis rejects it as the end of a range.
if not is_id(last) or below == '0-0' then return {last, tail, {}} end

local upper = last
if below ~= '' and not is_lower(last, below) then upper = '(' .. below end
local orders = redis.call('XREVRANGE', KEYS[2], upper, '-', 'COUNT', most)
for i, order in ipairs(orders) do orders[i] = order[1] .. '\n' .. table.concat(order[2], '\n') end
return {last, tail, orders}
