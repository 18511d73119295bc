-- wrk's part: no request is like another, as behind a proxy that names each.
local count = 0

function request()
  count = count + 1
  wrk.headers["X-Request-Id"] = count
  return wrk.format()
end
