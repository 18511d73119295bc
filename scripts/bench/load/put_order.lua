-- wrk's part: each request is a PUT of a small order under a key of its own; answers other than 200 are counted.
-- An argument, if there is one, goes before all keys: other wrks beside this one draw the same random numbers.
local thread, count = 0, 0

function setup(worker)
  thread = thread + 1
  worker:set("prefix", thread .. "-" .. os.time() .. "-" .. math.random(1e9) .. "-")
end

function init(arguments)
  if arguments[1] then prefix = arguments[1] .. "-" .. prefix end
end

function request()
  count = count + 1
  local body = '{"currency":"USD","amount":"0.01","idempotence_key":"' .. prefix .. count .. '"}'
  return wrk.format("PUT", "/buy_order", {["Content-Type"] = "application/json"}, body)
end
