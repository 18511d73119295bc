-- wrk's part: each request is for a minute that is drawn from those given behind the URL.
local minutes

function init(arguments)
  math.randomseed(os.time())
  minutes = arguments
end

function request()
  return wrk.format("GET", "/?limit=200&format=CSV&datetime=" .. minutes[math.random(#minutes)])
end
