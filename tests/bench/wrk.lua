-- Sends the requests of a file in turn, each as it goes over the wire, NUL after each; at the end
-- one line of JSON says how it went.
local pool, at = {}, 0

function init(args)
  for each in io.open(args[1], "rb"):read("*a"):gmatch("%Z+") do
    pool[#pool + 1] = each
  end
end

function request()
  at = at % #pool + 1
  return pool[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"microseconds":%d,"p50":%d,"p99":%d,"wrong":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.status, e.connect + e.read + e.write + e.timeout))
end
