-- Replaces the live read model by a rebuilt one, in one step.
--
-- KEYS     the live keys, the statistics first, then the streams; then the rebuilt ones, in the same order
-- ARGV[1]  the rebuilt statistics' `last`, as the caller read it
-- ARGV[2]  its `last_tail`
-- ARGV[3]  the live statistics' `currencies`, as the caller read it; empty for none: KEYS has the streams of all of them
--
-- Returns {'ok'}, or {'moved'} if either has changed since the caller read it, or the rebuilt one is gone; then nothing was
-- changed. A stream that was not rebuilt has no orders. All checks come before the first write. Retry safety: running it
-- again returns `moved`.
local count = #KEYS / 2
local kind = redis.call('TYPE', KEYS[count + 1]).ok
if kind ~= 'hash' then return {'moved'} end
local marks = redis.call('HMGET', KEYS[count + 1], 'last', 'last_tail')
if marks[1] ~= ARGV[1] or marks[2] ~= ARGV[2] then return {'moved'} end
local currencies = redis.call('TYPE', KEYS[1]).ok == 'hash' and redis.call('HGET', KEYS[1], 'currencies') or ''
if currencies ~= ARGV[3] then return {'moved'} end

local writes, is_rebuilt = {}, {}
for index = 1, count do
  local live, rebuilt = KEYS[index], KEYS[count + index]
  is_rebuilt[index] = redis.call('EXISTS', rebuilt) == 1
  writes[#writes + 1] = {'UNLINK', live, harmless = {'UNLINK', live .. ':none'}}
  if is_rebuilt[index] then
    writes[#writes + 1] = {'RENAME', rebuilt, live, harmless = {'RENAME', rebuilt .. ':none', live}}
  end
end
local refusal = denied(writes)
if refusal then return refusal end

for index = 1, count do
  redis.call('UNLINK', KEYS[index])
  if is_rebuilt[index] then redis.call('RENAME', KEYS[count + index], KEYS[index]) end
end
return {'ok'}
