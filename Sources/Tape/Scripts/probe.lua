-- Tries whether a worker's writes would be taken: writes one key that expires, and asks for the rights to others.
--
-- KEYS[1]  the probe's key
-- ARGV[1]  for how many ms it lives
-- ARGV[2…] command, key, command, key, …: what this user has to be allowed; not run
--
-- Returns {'ok'}; {'refused', the error}, as any write would be refused now; or {'denied', command, key, what, …}, where
-- `what` is the right that is missing: command or key.
-- Retry safety: running it again writes the same key.
local lifetime = ARGV[1]
if #lifetime > 6 or not string.find(lifetime, '^%d+$') then return redis.error_reply('ERR not a lifetime: ' .. lifetime) end

-- From Redis 7 on; before, rights only show when a command is run.
if redis.acl_check_cmd then
  local denied = {'denied'}
  local function check(command, key)
    if redis.acl_check_cmd(command, key, 'x', 'x') then return end
    -- The right to look at the key tells the two apart, for want of a better question.
    local what = redis.acl_check_cmd('EXISTS', key) and 'command' or 'key'
    for _, part in ipairs({command, key, what}) do denied[#denied + 1] = part end
  end
  check('SET', KEYS[1])
  for i = 2, #ARGV - 1, 2 do check(ARGV[i], ARGV[i + 1]) end
  if #denied > 1 then return denied end
end
local set = redis.pcall('SET', KEYS[1], '1', 'PX', lifetime)
if type(set) == 'table' and set.err then return {'refused', set.err} end
return {'ok'}
