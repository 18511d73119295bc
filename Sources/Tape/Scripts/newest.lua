-- The newest id of a stream, without returning the entry's fields, which may be a megabyte.
--
-- KEYS[1]  the stream
--
-- Returns {id or '', Redis' time in ms}. Reads only.
local time = redis.call('TIME')
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return {last and last[1] or '', string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))}
