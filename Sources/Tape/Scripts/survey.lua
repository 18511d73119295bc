-- What a stream is like from outside, without sending its entries' fields.
--
-- KEYS[1]  the stream
--
-- Returns {type, number of entries, oldest id, newest id, last id}, ids '' where there are none; {type} of a key that is no
-- stream. The last id is that of an entry that may be gone: what comes must be above
-- it. Reads only.
local kind = redis.call('TYPE', KEYS[1]).ok
if kind == 'none' then return {'stream', 0, '', '', ''} end
if kind ~= 'stream' then return {kind} end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local info, generated = redis.call('XINFO', 'STREAM', KEYS[1]), ''
for i = 1, #info, 2 do
  if info[i] == 'last-generated-id' then generated = info[i + 1] end
end
return {kind, redis.call('XLEN', KEYS[1]), first and first[1] or '', last and last[1] or '', generated}
