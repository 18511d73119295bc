-- The size and the ids of a stream, without returning its entries' fields.
--
-- KEYS[1]  the stream
--
-- Returns {type, number of entries, oldest id, newest id, last id}, with '' for ids if there are none; only {type} if the key
-- is not a stream. The last id may be that of a removed entry; new entries must exceed it. Reads only.
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
