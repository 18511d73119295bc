-- wrk's part: each request is a PUT of a small order under a key of its own; answers other than 200 are counted.
local thread, count = 0, 0

function setup(worker)
  thread = thread + 1
  worker:set("prefix", thread .. "-" .. os.time() .. "-" .. math.random(1e9) .. "-")
end

function request()
  count = count + 1
  local body = '{"currency":"USD","amount":"0.01","idempotence_key":"' .. prefix .. count .. '"}'
  return wrk.format("PUT", "/buy_order", {["Content-Type"] = "application/json"}, body)
end
