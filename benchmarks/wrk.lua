-- Ask for the paths of a file, each once and in their order, then stop and say so.
local paths, turns, asked, answered = {}, 0, -1, 0 -- wrk asks for one request before it begins

function init(arguments)
  for path in io.lines(arguments[1]) do
    paths[#paths + 1] = path
  end
end

function request()
  asked = asked + 1
  return wrk.format("GET", paths[math.max(asked, 1)])
end

function delay()
  turns = turns + 1 -- one before each request
  return turns <= #paths and 0 or 1e9 -- milliseconds
end

function response()
  answered = answered + 1
  if answered == #paths then
    wrk.thread:stop()
    print("all")
    io.flush()
  end
end

function done(summary)
  local errors = summary.errors
  print(summary.requests, errors.status + errors.connect + errors.read + errors.write + errors.timeout)
end
