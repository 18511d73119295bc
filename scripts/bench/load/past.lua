-- wrk's part: each request is for a minute that is drawn from those given behind the URL. They are made before the load begins:
-- the less wrk takes of the machine, the more is measured of others.
local requests = {}

function init(minutes)
  math.randomseed(os.time())
  for _, minute in ipairs(minutes) do
    table.insert(requests, wrk.format("GET", "/?limit=200&format=CSV&datetime=" .. minute))
  end
end

function request()
  return requests[math.random(#requests)]
end
