-- denied(writes) returns an error reply for the first of these commands that this user may not run; nil if all are allowed.
--
-- A script is not rolled back: what a user may not write must be known before the first write. Redis 7 and Valkey can be
-- asked. Redis 6.2 cannot, so there the commands are run: each must always be an error or change nothing, or have another
-- that does so, on a key of its own, in `harmless`.
local function denied(writes)
  for _, write in ipairs(writes) do
    local allowed
    if redis.acl_check_cmd then
      allowed = redis.acl_check_cmd(unpack(write))
    else
      local reply = redis.pcall(unpack(write.harmless or write))
      local message = type(reply) == 'table' and reply.err or ''
      allowed = not string.find(message, "The user executing the script can't", 1, true)
    end
    if not allowed then return redis.error_reply('NOPERM this user may not run ' .. write[1] .. ' on ' .. write[2]) end
  end
end

