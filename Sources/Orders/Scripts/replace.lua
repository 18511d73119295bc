-- Puts a rebuilt read model in the live one's place, all of it at once.
--
-- KEYS[1…5]  the live keys: the statistics and the streams
-- KEYS[6…10] the rebuilt ones, in the same order
-- ARGV[1]    the rebuilt statistics' `last`, as the caller read it
-- ARGV[2]    its `last_tail`
--
-- Returns {'ok'}, or {'moved'} when the rebuilt one is another than the caller read, or gone; then nothing has changed.
-- A stream that was not rebuilt is one without orders. Every check stands before the first write. Retry safety: running it again answers `moved`.
local COUNT = 5
local kind = redis.call('TYPE', KEYS[COUNT + 1]).ok
if kind ~= 'hash' then return {'moved'} end
local marks = redis.call('HMGET', KEYS[COUNT + 1], 'last', 'last_tail')
if marks[1] ~= ARGV[1] or marks[2] ~= ARGV[2] then return {'moved'} end

local writes, is_rebuilt = {}, {}
for index = 1, COUNT do
  local live, rebuilt = KEYS[index], KEYS[COUNT + index]
  is_rebuilt[index] = redis.call('EXISTS', rebuilt) == 1
  writes[#writes + 1] = {'UNLINK', live, harmless = {'UNLINK', live .. ':none'}}
  if is_rebuilt[index] then
    writes[#writes + 1] = {'RENAME', rebuilt, live, harmless = {'RENAME', rebuilt .. ':none', live}}
  end
end
local refusal = denied(writes)
if refusal then return refusal end

for index = 1, COUNT do
  redis.call('UNLINK', KEYS[index])
  if is_rebuilt[index] then redis.call('RENAME', KEYS[COUNT + index], KEYS[index]) end
end
return {'ok'}
