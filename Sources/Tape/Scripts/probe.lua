-- Tests whether a worker's commands would be accepted: queries the rights to them, and writes one key that expires.
--
-- KEYS[1]  the probe's key; absent for a worker that writes nothing
-- ARGV[1]  for how many ms it lives
-- ARGV[2…] words, key, words, key, …: the rights that this user needs, such as `XINFO STREAM` and its key; the key is '' if
--          there is none. Before Redis 7 not all of it can be queried.
--
-- Returns {'ok'}, or {'denied', words, key, what, …}, where `what` is the right that is missing: command or key. Fails in
-- the same way in which any write would fail now.
-- Retry safety: running it again writes the same key.
local lifetime = ARGV[1]
if #lifetime > 6 or not string.find(lifetime, '^%d+$') then return redis.error_reply('ERR not a lifetime: ' .. lifetime) end

-- The arguments after the key, which make each command complete, and either harmless or always an error. Redis 7, Valkey: a
-- command that lacks arguments may crash the server in acl_check_cmd. Redis 6.2: rights only show when a command is run.
local REST = {
  EXISTS = {}, GET = {}, GETRANGE = {'0', '0'}, HGET = {'f'}, HGETALL = {}, HLEN = {}, HMGET = {'f'},
  HSET = {'f', 'v', 'f'}, PEXPIRE = {'x'}, PTTL = {}, SET = {'x', 'NX', 'XX'}, TIME = {}, TYPE = {},
  XADD = {'0-0', 'f', 'v'}, XINFO = {}, XLEN = {}, XRANGE = {'-', '+', 'COUNT', '0'}, XREAD = {'$'},
  XREVRANGE = {'+', '-', 'COUNT', '0'}, XTRIM = {'MAXLEN', '-1'},
}
-- These would change something, or cannot be run by a script, so their rights can only be queried.
local ONLY_ASKED = {
  DEL = {}, EVAL = {'', '0'}, EVALSHA = {string.rep('0', 40), '0'}, WAIT = {'0', '1'}, WAITAOF = {'0', '0', '1'},
}

-- Returns whether it is allowed, and what is missing if Redis says so: command or key.
local function may(words, key)
  local command = {}
  for word in string.gmatch(words, '%S+') do command[#command + 1] = word end
  local rest = REST[command[1]] or redis.acl_check_cmd and ONLY_ASKED[command[1]]
  if not rest then return true end
  if key ~= '' then command[#command + 1] = key end
  for _, part in ipairs(rest) do command[#command + 1] = part end
  if redis.acl_check_cmd then
    local is_known, allowed = pcall(redis.acl_check_cmd, unpack(command))
    -- If the server does not have the command, that is not a matter of rights.
    return not is_known or type(allowed) == 'table' or allowed
  end
  local reply = redis.pcall(unpack(command))
  local message = type(reply) == 'table' and reply.err or ''
  if not string.find(message, "The user executing the script can't", 1, true) then return true end
  return false, string.find(message, 'keys', 1, true) and 'key' or 'command'
end

local needs, is_key_known, is_command_known = {}, {}, {}
local function ask(words, key)
  local allowed, what = may(words, key)
  needs[#needs + 1] = {words, key, allowed, what}
  if allowed and key ~= '' then is_key_known[key], is_command_known[words] = true, true end
end
if KEYS[1] then ask('SET', KEYS[1]) end
for i = 2, #ARGV - 1, 2 do ask(ARGV[i], ARGV[i + 1]) end

-- Redis 7 does not say whether the command or the key is denied; other allowed commands and keys show it.
local function missing(words, key)
  if key == '' then return 'command' end
  -- With both known the key may be read only, or the command allowed for other keys only.
  if is_command_known[words] then return 'key' end
  if is_key_known[key] then return 'command' end
  for other in pairs(is_command_known) do
    if may(other, key) then return 'command' end
  end
  return redis.acl_check_cmd('EXISTS', key) and 'command' or 'key'
end

local denied = {'denied'}
for _, need in ipairs(needs) do
  if not need[3] then
    for _, part in ipairs({need[1], need[2], need[4] or missing(need[1], need[2])}) do denied[#denied + 1] = part end
  end
end
if #denied > 1 then return denied end
if KEYS[1] then redis.call('SET', KEYS[1], '1', 'PX', lifetime) end
return {'ok'}
